// Lets tests import the modules of the explorables: their packages are those that the book's assets have.
import { registerHooks } from "node:module";

const assets = new URL("../../book/assets/package.json", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const packaged = /^[@a-z]/.test(specifier) && !specifier.includes(":");
    const inside = context.parentURL?.includes("/node_modules/");
    return next(specifier, packaged && !inside ? { ...context, parentURL: assets } : context);
  },
});
