// The editor's look, in the colors of the figure that it is part of; it comes with the editor, when asked for.

export const STYLE = `
.ex-source { min-width: 0; }
.ex .ex-source .cm-editor {
  color: var(--ex-text); background: var(--ex-surface); border: 1px solid var(--ex-line); border-radius: 4px; font-size: 13px;
}
.ex .ex-source .cm-editor.cm-focused { outline: 2px solid var(--ex-accent); outline-offset: 1px; }
.ex .ex-source .cm-content:focus-visible { outline: none; }
.ex .ex-source .cm-scroller {
  font-family: var(--pst-font-family-monospace, var(--jp-code-font-family, ui-monospace, monospace)); line-height: 1.5; max-height: 28em; overflow: auto;
}
.ex .ex-source .cm-content { caret-color: var(--ex-text); padding-block: 6px; }
.ex .ex-source .cm-gutters { color: var(--ex-soft); background: var(--ex-surface); border-right: 1px solid var(--ex-line); }
.ex .ex-source .ex-keyword { color: var(--ex-accent); }
.ex .ex-source .ex-comment { color: var(--ex-soft); font-style: italic; }
.ex .ex-source .ex-number { color: light-dark(#8a4500, #e5b567); }
.ex .ex-source .ex-definition { font-weight: 600; }
.ex .ex-source .cm-line.ex-wrong-line {
  background: color-mix(in oklab, var(--ex-wrong) 5%, var(--ex-surface)); box-shadow: inset 3px 0 var(--ex-wrong);
}
.ex .ex-editor-hint { color: var(--ex-soft); font-size: 12.5px; margin: 4px 0 8px; }
.ex pre.ex-difference {
  margin: 0; padding: 6px 0; overflow-x: auto; color: var(--ex-text); background: var(--ex-surface); border: 1px solid var(--ex-line);
  border-radius: 4px; font-size: 12.5px; line-height: 1.5;
}
.ex pre.ex-difference:not(:has(span)) { padding-inline: 10px; color: var(--ex-soft); }
.ex .ex-difference span { display: block; width: max-content; min-width: 100%; padding-inline: 10px; border-left: 3px solid transparent; }
.ex .ex-difference .ex-added { border-color: var(--ex-accent); background: color-mix(in oklab, var(--ex-accent) 10%, var(--ex-surface)); }
.ex .ex-difference .ex-removed { border-color: var(--ex-wrong); background: color-mix(in oklab, var(--ex-wrong) 10%, var(--ex-surface)); }
`;
