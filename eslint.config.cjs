/* How ESLint reads the addon's JavaScript: modules that Odoo bundles for the browser. */

const js = require("@eslint/js");

const browser = ["clearInterval", "document", "setInterval", "window"];

module.exports = [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
        },
        rules: {
            curly: "error",
            eqeqeq: "error",
            "no-console": "error",
            "no-shadow": "error",
            "no-unused-vars": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "sort-imports": ["error", {ignoreCase: true, ignoreDeclarationSort: true}],
        },
    },
];
