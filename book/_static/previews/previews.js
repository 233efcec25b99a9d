// What a link leads to, shown beside it on hover and on keyboard focus: citations, figures, equations, theorems, defined words.

(() => {
  const LINKS = "article a.reference.internal[href*='#']";
  const PAUSE = 250; // milliseconds of resting before a preview opens, and in which the pointer may cross over to it

  const tip = document.createElement("div");
  tip.id = "preview";
  tip.setAttribute("role", "tooltip");
  tip.popover = "manual";

  /** Other pages that were looked into. @type {Map<string, Promise<Document>>} */
  const pages = new Map();
  /** @param {string} address */
  function pageAt(address) {
    const page = pages.get(address) ?? fetch(address).then((response) => response.text()).then((text) => new DOMParser().parseFromString(text, "text/html"));
    pages.set(address, page);
    return page;
  }

  /** The parts to show of what has a name; none for a section, whose title the link says. @param {Element | null} target */
  function partsOf(target) {
    if (target?.matches("figure")) return [...target.querySelectorAll(":scope img, figcaption")].filter((part) => !part.closest(".explorable"));
    if (target?.matches("div.math, .proof, .exercise, .citation")) return [target];
    if (target?.matches("dt")) return [target, target.nextElementSibling?.querySelector("p")];
    return [];
  }

  /** A copy to look at: no names twice, nothing to press. @param {Element} part @param {string} address its page's */
  function copied(part, address) {
    const copy = /** @type {Element} */ (document.importNode(part, true));
    for (const element of copy.querySelectorAll(".headerlink, .label, script, button")) element.remove();
    for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    for (const element of [copy, ...copy.querySelectorAll("*")]) {
      for (const name of ["id", "tabindex", "role"]) element.removeAttribute(name);
      if (element instanceof HTMLImageElement) Object.assign(element, { loading: "eager", src: new URL(element.getAttribute("src") ?? "", address).href });
    }
    return copy;
  }

  /** @param {HTMLAnchorElement} link */
  async function contentOf(link) {
    const [address, name] = link.href.split("#");
    const page = address === location.href.split("#")[0] ? document : await pageAt(address);
    return partsOf(page.getElementById(decodeURIComponent(name))).flatMap((part) => (part ? [copied(part, address)] : []));
  }

  /** @type {HTMLAnchorElement | undefined} the link whose preview is open, or about to be */
  let current;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function close() {
    clearTimeout(timer);
    if (!current) return;
    current.style.removeProperty("anchor-name");
    current.removeAttribute("aria-describedby");
    current = undefined;
    tip.hidePopover();
  }

  /** @param {HTMLAnchorElement} link */
  async function open(link) {
    close();
    current = link;
    const content = await contentOf(link).catch(() => []); // without a server, other pages can't be read
    if (current !== link || !content.length) return;
    tip.replaceChildren(...content);
    link.style.setProperty("anchor-name", "--previewed");
    link.setAttribute("aria-describedby", tip.id);
    tip.showPopover();
    for (const wide of tip.querySelectorAll(".pst-scrollable-table-container")) {
      if (wide.scrollWidth > wide.clientWidth) wide.setAttribute("tabindex", "0"); // the keyboard reaches what scrolls
    }
  }

  /** @param {() => void} act */
  function soon(act) {
    clearTimeout(timer);
    timer = setTimeout(act, PAUSE);
  }

  /** @param {Event} event */
  const linkOf = ({ target }) => /** @type {HTMLAnchorElement | null} */ (target instanceof Element ? target.closest(LINKS) : null);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return; // a finger that rests on a link wants to follow it
    const link = linkOf(event);
    if (event.target instanceof Node && tip.contains(event.target)) clearTimeout(timer);
    else if (link && link !== current) soon(() => open(link));
    else if (link) clearTimeout(timer);
    else if (current !== document.activeElement) soon(close);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) soon(() => open(link));
  });
  document.addEventListener("focusout", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("click", close);
  document.querySelector("main")?.append(tip);
})();
