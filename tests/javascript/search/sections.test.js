// What a search can lead to: sections with their own text, questions, names; no code and no outputs.
import assert from "node:assert/strict";
import { test } from "node:test";

const { joined, placesOf } = await import("../../../book/assets/search/sections.mjs");

/** @param {string} article */
const page = (article) => `<html><body><nav><p>Contents</p></nav><article class="bd-article">${article}</article></body></html>`;

const CHAPTER = page(`<section id="chapter"><h1>1. Chapter<a class="headerlink" href="#chapter">#</a></h1>
  <p>First words.</p>
  <div class="cell"><div class="cell_input"><div class="highlight"><pre>code()</pre></div></div>
    <div class="cell_output"><div class="output"><pre>printed</pre></div>
      <figure id="fig"><img alt="not searched"><figcaption><p>A caption.</p></figcaption></figure></div></div>
  <section id="spikes"><span id="q-1"></span><h2>Why does it spike?</h2><p>The long answer: <span id="later">here</span>.</p>
    <div class="proof"><section id="proof-content"><p>A step of the proof.</p></section></div></section></section>`);

const QUESTIONS = page(`<section id="faq"><h1>Questions</h1><table>
  <tr><td><p><a class="reference internal" href="chapter.html#q-1">Does it spike?</a></p></td><td><p>In short.</p></td></tr>
  <tr><td><p><a class="reference internal" href="chapter.html#later">And later?</a></p></td><td><p>Shorter.</p></td></tr>
  <tr><td><p>No question</p></td><td><p>In a table.</p></td></tr></table></section>`);

test("a section has its own text, and neither code nor outputs", () => {
  const [chapter, spikes] = placesOf(CHAPTER, "book/chapter.html");
  assert.deepEqual([chapter.url, chapter.section, chapter.paragraphs], ["book/chapter.html", "1. Chapter", ["First words.", "A caption."]]);
  assert.deepEqual([spikes.url, spikes.page], ["book/chapter.html#spikes", "1. Chapter"]);
  assert.deepEqual(spikes.paragraphs, ["The long answer: here.", "A step of the proof."]);
});

test("a question that leads to a section is one place with it; another leads to its paragraph", () => {
  const places = joined([...placesOf(CHAPTER, "book/chapter.html"), ...placesOf(QUESTIONS, "book/faq.html")]);
  const spikes = places.find(({ url }) => url === "book/chapter.html#spikes");
  assert.deepEqual([spikes?.question, spikes?.answer], ["Does it spike?", "In short."]);
  assert.deepEqual(places.filter(({ section }) => !section).map(({ url, question }) => [url, question]), [["book/chapter.html#later", "And later?"]]);
  assert.deepEqual(places.find(({ section }) => section === "Questions")?.paragraphs, ["No question", "In a table."]);
});

test("functions and words of a glossary are places", () => {
  const html = page(`<section id="api"><h1>API</h1>
    <dl class="py"><dt class="sig" id="adamlearn.Adam">class <span class="sig-name">Adam</span>(…)</dt><dd><p>The rule.</p>
      <dl class="py"><dt class="sig" id="adamlearn.Adam.update"><span class="sig-name">update</span>()</dt><dd><p>A step.</p></dd></dl></dd></dl>
    <dl class="glossary"><dt id="term-warm-up">warm-up</dt><dd><p>A slow start.</p></dd></dl></section>`);
  const places = placesOf(html, "book/api.html").map(({ url, name, term, paragraphs }) => [url, name ?? term, ...paragraphs]);
  assert.deepEqual(places, [
    ["book/api.html#adamlearn.Adam", "Adam", "adamlearn.Adam", "The rule."],
    ["book/api.html#adamlearn.Adam.update", "update", "adamlearn.Adam.update", "A step."],
    ["book/api.html#term-warm-up", "warm-up", "A slow start."],
    ["book/api.html", undefined],
  ]);
});
