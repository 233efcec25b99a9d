// The step that is on show: a slider below the plots' axis, and for paths buttons to play, pause and step.
import { drawing, h, setText } from "./dom.js";
import { clamp } from "./plot.js";

const ICONS = {
  play: "M3,1.5V12.5L12.5,7Z",
  pause: "M2.5,2H5.5V12H2.5ZM8.5,2H11.5V12H8.5Z",
  back: "M9,2.5V11.5L2.5,7ZM10,2.5H11.5V11.5H10Z",
  forth: "M5,2.5V11.5L11.5,7ZM2.5,2.5H4V11.5H2.5Z",
};
const SECONDS = 6; // that a whole run takes to play
const STILLS = 10; // pictures of it where motion is not wanted

/** @param {keyof typeof ICONS} name */
const icon = (name) => drawing("0 0 14 14", ICONS[name]);

/**
 * @param {keyof typeof ICONS} name
 * @param {string} aria
 * @param {() => void} click
 */
const iconButton = (name, aria, click) => h("button", { type: "button", class: "ex-icon", "aria-label": aria, click }, icon(name));

/**
 * `first` is 0 or 1, `steps()` the last step; `onStep` is told when another is on show: the chosen one, or that
 * under the pointer as long as it is over a plot.
 * @param {{ first: number, steps: () => number, onStep: (step: number) => void, playing?: boolean }} options
 */
export function transport({ first, steps, onStep, playing = true }) {
  let at = steps();
  /** @type {number | null} the step under the pointer */
  let hovered = null;
  const range = h("input", { type: "range", min: first, step: 1, "aria-label": "step on show" });
  const readout = h("output", { class: "ex-at" });
  const player = playing ? play({ first, steps, at: () => at, show: choose, move }) : null;
  const element = h("div", { class: "ex-transport" }, ...(player?.buttons ?? []), readout, range);

  const last = () => Math.max(first, steps());
  const now = () => clamp(hovered ?? at, first, last());

  function show() {
    const step = now();
    place(range, first, step, last());
    setText(readout, `step ${step}`);
    onStep(step);
  }

  /** @param {number} step */
  function choose(step) {
    at = clamp(step, first, last());
    hovered = null;
    show();
  }

  /** @param {number} step */
  function move(step) {
    player?.stop();
    choose(step);
  }

  range.addEventListener("input", () => move(Number(range.value)));
  return {
    element,
    move,
    stop: () => player?.stop(),
    /**
     * Show the step under the pointer; null when it has left.
     * @param {number | null} step
     */
    point(step) {
      hovered = step;
      show();
    },
    /**
     * Go on showing the last step when the number of steps changes.
     * @param {boolean} followEnd
     */
    refit(followEnd) {
      at = clamp(followEnd ? steps() : at, first, last());
      show();
    },
    chosen: () => at,
    onShow: now,
  };
}

/**
 * @param {HTMLInputElement} range
 * @param {number} first
 * @param {number} at
 * @param {number} last
 */
function place(range, first, at, last) {
  range.max = String(last);
  range.value = String(at);
  range.style.setProperty("--ex-filled", `${(100 * (at - first)) / Math.max(1, last - first)}%`);
}

/**
 * The buttons to play, pause and step.
 * @param {{ first: number, steps: () => number, at: () => number, show: (step: number) => void, move: (step: number) => void }} run
 */
function play({ first, steps, at, show, move }) {
  let frame = 0;
  /** @type {ReturnType<typeof setInterval> | 0} */
  let timer = 0;
  const playButton = iconButton("play", "Play", () => (frame || timer ? stop() : start()));
  const buttons = [
    playButton,
    iconButton("back", "One step back", () => move(at() - 1)),
    iconButton("forth", "One step on", () => move(at() + 1)),
  ];

  /** @param {boolean} on */
  function look(on) {
    playButton.replaceChildren(icon(on ? "pause" : "play"));
    playButton.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  function stop() {
    cancelAnimationFrame(frame);
    clearInterval(timer);
    frame = timer = 0;
    look(false);
  }

  function start() {
    let from = at() >= steps() ? first : at();
    look(true);
    show(from);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      timer = setInterval(() => advance(at() + Math.ceil(steps() / STILLS)), 700);
      return;
    }
    let before = performance.now();
    /** @param {number} now */
    const tick = (now) => {
      from += ((now - before) / 1000 / SECONDS) * steps();
      before = now;
      frame = requestAnimationFrame(tick);
      advance(Math.floor(from));
    };
    frame = requestAnimationFrame(tick);
  }

  /** @param {number} step */
  function advance(step) {
    if (step !== at()) show(step);
    if (at() >= steps()) stop();
  }
  return { buttons, stop };
}

/** The step on show once more, for where the slider is out of view: in what stays in view on a phone. */
export const pinnedStep = () => h("span", { class: "ex-pinned-step", "aria-hidden": "true" });

/**
 * Have a phrase of the text around a figure set the step on show.
 * @param {HTMLElement} el  what the figure stands in
 * @param {(step: number) => void} move
 */
export function followStep(el, move) {
  el.addEventListener("explorable-step", (event) => move(/** @type {CustomEvent<number>} */ (event).detail));
}
