// The step that is on show: a slider, and for paths buttons to play, pause and step.
import { h, setText } from "./dom.js";

const ICONS = {
  play: "M3,1.5V12.5L12.5,7Z",
  pause: "M2.5,2H5.5V12H2.5ZM8.5,2H11.5V12H8.5Z",
  back: "M9,2.5V11.5L2.5,7ZM10,2.5H11.5V11.5H10Z",
  forth: "M5,2.5V11.5L11.5,7ZM2.5,2.5H4V11.5H2.5Z",
};
const SECONDS = 6; // that a whole run takes to play
const STILLS = 10; // pictures of it where motion is not wanted

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = `<path d="${ICONS[name]}"/>`;
  return svg;
}

/** `first` is 0 or 1, `steps()` the last step; `onStep` is told where the slider stands. */
export function transport({ first, steps, onStep, playing = true }) {
  let at = steps();
  let known; // where the slider shows it
  let frame = 0;
  let timer = 0;
  const range = h("input", { type: "range", min: first, step: 1, "aria-label": "step on show" });
  const readout = h("output", { class: "ex-at" });
  const playButton = h("button", { type: "button", class: "ex-icon", "aria-label": "Play", click: () => (isPlaying() ? stop() : play()) }, icon("play"));
  const back = h("button", { type: "button", class: "ex-icon", "aria-label": "One step back", click: () => move(at - 1) }, icon("back"));
  const forth = h("button", { type: "button", class: "ex-icon", "aria-label": "One step on", click: () => move(at + 1) }, icon("forth"));
  const element = h("div", { class: "ex-transport" }, ...(playing ? [playButton, back, forth] : []), range, readout);

  const isPlaying = () => Boolean(frame || timer);

  function show(step) {
    const last = steps();
    at = Math.max(first, Math.min(last, step));
    if (Number(range.max) !== last || known !== at) {
      known = at;
      range.max = last;
      range.value = at;
      range.style.setProperty("--ex-filled", `${(100 * (at - first)) / Math.max(1, last - first)}%`);
    }
    onStep(at);
  }

  function move(step) {
    stop();
    show(step);
  }

  function stop() {
    cancelAnimationFrame(frame);
    clearInterval(timer);
    frame = timer = 0;
    playButton.replaceChildren(icon("play"));
    playButton.setAttribute("aria-label", "Play");
  }

  function play() {
    let from = at >= steps() ? first : at;
    playButton.replaceChildren(icon("pause"));
    playButton.setAttribute("aria-label", "Pause");
    show(from);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      timer = setInterval(() => advance(at + Math.ceil(steps() / STILLS)), 700);
      return;
    }
    let before = performance.now();
    const tick = (now) => {
      from += ((now - before) / 1000 / SECONDS) * steps();
      before = now;
      frame = requestAnimationFrame(tick);
      advance(Math.floor(from));
    };
    frame = requestAnimationFrame(tick);
  }

  function advance(step) {
    if (step !== at) show(step);
    if (at >= steps()) stop();
  }

  range.addEventListener("input", () => move(Number(range.value)));
  return {
    element,
    stop,
    /** Say which step is on show: the slider's, or the one under the pointer. */
    tell: (step) => setText(readout, `step ${step}`),
    /** Go on showing the last step when the number of steps changes. */
    refit: (followEnd) => show(followEnd ? steps() : at),
    get at() {
      return at;
    },
  };
}
