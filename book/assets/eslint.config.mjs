// What the JavaScript of the book is held to: `eslint --config book/assets/eslint.config.mjs`, from the repository's top.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["adamlearn/explorables/built/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 60],
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  { files: ["adamlearn/**", "book/_static/**"], languageOptions: { globals: globals.browser } },
  { files: ["adamlearn/explorables/page/worker.js"], languageOptions: { globals: globals.worker } },
  { files: ["book/assets/**", "tests/**"], languageOptions: { globals: globals.node } },
];
