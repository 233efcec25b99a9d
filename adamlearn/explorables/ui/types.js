// The shapes that the views share, for the type checker and for those who read: nothing runs here.

/**
 * The model that an explorable draws and sets: anywidget's in a notebook, the page's own in the book.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: (...values: any[]) => void) => void} on
 * @property {(event: string, callback: (...values: any[]) => void) => void} off
 * @property {(content: any) => void} [send]  only in a notebook
 * @property {Fragment} [fragment]  only in a page
 * @property {() => Promise<EditorModule>} [editor]  only in a page
 *
 * The figure's part of the page's address.
 * @typedef {{ read(): string | null, write(query: string): void, href(query: string): string }} Fragment
 *
 * @typedef {object} Editor
 * @property {(message: string | null) => void} setProblem
 * @property {() => string} text
 * @property {(text: string) => void} setText
 * @property {() => void} focus
 * @property {() => void} close
 *
 * @typedef {{ text: string, original: string, label: string, onChange: (text: string) => void }} EditorOptions
 * @typedef {{ openEditor(parent: HTMLElement, options: EditorOptions): Editor }} EditorModule
 *
 * @typedef {{ text: string, names: Record<string, any>, lines: string[] }} Edit
 *
 * @typedef {object} Optimizer
 * @property {string} label
 * @property {string[]} names  of the hyperparameters
 * @property {Record<string, number>} defaults
 * @property {string[]} quantities
 * @property {string} color
 * @property {number[]} dash
 * @property {Edit | null} [edit]  of originals that can be edited
 * @property {string} [of]  the original of an edited one
 * @property {string} [text]  of an edited one
 * @property {{ lines: string[], call: string }} python
 *
 * @typedef {object} Landscape
 * @property {string} name
 * @property {number[]} window  x from, x to, y from, y to
 * @property {number[][]} minima
 * @property {number | null} lowest
 * @property {number[]} start
 * @property {Edit | null} [edit]
 * @property {string} [of]
 * @property {string} [text]
 * @property {{ lines: string[], name: string }} python
 *
 * @typedef {{ name: string, settings: Record<string, number | null>, python: any }} Stream
 *
 * What there is to find out, and how a run tells that it has been found.
 * @typedef {object} Goal
 * @property {string} measure
 * @property {">=" | "<=" | "="} relation
 * @property {number} value
 * @property {string} words
 * @property {string} [of]  the optimizer that is measured, if not all
 * @property {string} [stream]  the gradients that the question is about, if not any
 * @property {string} [hint]
 * @property {string} [next]
 *
 * @typedef {object} Figure
 * @property {string} kind
 * @property {string[]} inputs  the names of what the reader sets
 * @property {Record<string, { label: string, spoken: string, row: string }>} names  of quantities and hyperparameters
 * @property {string} question
 * @property {Goal | null} [goal]
 * @property {{ name: string, set: Record<string, any> }[]} [presets]
 * @property {number} most_steps
 * @property {Optimizer[]} optimizers
 * @property {Landscape[]} functions  of a landscape
 * @property {number} grid
 * @property {number} tolerance
 * @property {Stream[]} streams  of a trace
 * @property {string[][]} panels
 * @property {string[]} log
 * @property {number} start
 * @property {number[] | null} bounds
 *
 * @typedef {{ columns: [string, string][], rows: number, errors: Record<string, string>, data: any }} Result
 * @typedef {Map<string, Record<string, Float64Array>>} Columns  label to quantity to numbers
 *
 * What a goal may ask for: a number (none if there is none) and how to say it.
 * @typedef {{ value: number | null, text: string }} Measured
 * @typedef {Record<string, (of?: string) => Measured>} Measures  of one optimizer, or of all that are shown
 *
 * @typedef {(model: Model, el: HTMLElement) => () => void} View
 */

export {};
