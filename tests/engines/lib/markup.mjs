/**
 * The markup of mini-programs (WXML, AXML, TTML): a parser, what a page's script must have for it, and a
 * rendering as HTML, near enough to look at.
 */

const VOID = new Set(["input", "image", "switch", "textarea", "canvas", "import", "include"]);

/** How each dialect writes its directives, and binds a handler. */
export const DIALECTS = {
  wechat: { prefix: "wx:", markup: "wxml", styles: "wxss", handler: /^(?:bind|catch):?([a-z]+)$/ },
  douyin: { prefix: "tt:", markup: "ttml", styles: "ttss", handler: /^(?:bind|catch):?([a-z]+)$/ },
  alipay: { prefix: "a:", markup: "axml", styles: "acss", handler: /^(?:on|catch)([A-Z][A-Za-z]+)$/ },
};

/** Elements and texts; throws where tags don't match. */
export function parse(source) {
  const root = { tag: "#root", attributes: {}, children: [] };
  const open = [root];
  const token = /<!--[^]*?-->|<\/([a-z-]+)\s*>|<([a-z-]+)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/g;
  let end = 0;
  for (const found of source.matchAll(token)) {
    if (found.index !== end) throw new Error(`not markup: ${source.slice(end, end + 60)}`);
    end += found[0].length;
    const [, closing, tag, attributes, closed, text] = found;
    const parent = open.at(-1);
    if (closing) {
      if (parent.tag !== closing) throw new Error(`</${closing}> where <${parent.tag}> is open`);
      open.pop();
    } else if (tag) {
      const element = { tag, attributes: attributesOf(attributes), children: [] };
      parent.children.push(element);
      if (!closed && !VOID.has(tag)) open.push(element);
    } else if (text?.trim()) {
      parent.children.push({ text: text.trim() });
    }
  }
  if (end !== source.length) throw new Error(`not markup: ${source.slice(end, end + 60)}`);
  if (open.length > 1) throw new Error(`<${open.at(-1).tag}> is not closed`);
  return root;
}

const attributesOf = (text) =>
  Object.fromEntries([...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value ?? "true"]));

const EXPRESSION = /\{\{(.*?)\}\}/g;
const expressions = (text) => [...text.matchAll(EXPRESSION)].map(([, inner]) => inner);

/** The names that an expression takes from the page's data. */
function names(expression) {
  const bare = expression.replace(/'[^']*'/g, "").replace(/\.\s*[A-Za-z_$][\w$]*/g, "");
  return (bare.match(/[A-Za-z_$][\w$]*/g) ?? []).filter((name) => !["true", "false", "null", "undefined"].includes(name));
}

/** What the markup asks of its page: data by name, texts of the dictionary, handlers. */
export function needs(root, { prefix, handler }) {
  const found = { data: new Set(), texts: new Set(), handlers: new Set() };
  const look = (expression, local) => {
    for (const name of names(expression)) if (!local.has(name)) found.data.add(name);
    for (const [, text] of expression.matchAll(/\bt\.(\w+)/g)) found.texts.add(text);
  };
  const walk = (node, local) => {
    if (node.text !== undefined) return expressions(node.text).forEach((inner) => look(inner, local));
    const { attributes } = node;
    const inner = new Set(local);
    if (attributes[`${prefix}for`]) {
      inner.add(attributes[`${prefix}for-item`] ?? "item").add(attributes[`${prefix}for-index`] ?? "index");
      if (!attributes[`${prefix}key`]) throw new Error(`<${node.tag} ${prefix}for> has no ${prefix}key`);
    }
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith(":") || (name.includes(":") && !name.startsWith(prefix) && !handler.test(name))) {
        throw new Error(`${name} is no attribute of this dialect`);
      }
      if (handler.test(name)) found.handlers.add(value);
      else for (const one of expressions(value)) look(one, name === `${prefix}for` ? local : inner);
    }
    for (const child of node.children) walk(child, inner);
    return undefined;
  };
  walk(root, new Set());
  return found;
}

const HTML_TAGS = { view: "div", text: "span", scroll: "div", switch: "input", canvas: "div" };
const escape = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function evaluate(expression, scope) {
  return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
}

/** A text with its bindings; a lone binding keeps its type. */
function bound(text, scope) {
  const whole = /^\{\{((?:(?!\}\}).)*)\}\}$/.exec(text);
  if (whole) return evaluate(whole[1], scope);
  return text.replace(EXPRESSION, (_all, inner) => String(evaluate(inner, scope) ?? ""));
}

/** The page as HTML, by its data. */
export function render(root, data, { prefix }) {
  const list = (children, scope) => {
    let taken = false;
    return children
      .map((node) => {
        if (node.text !== undefined) return escape(bound(node.text, scope));
        const { [`${prefix}if`]: when, [`${prefix}elif`]: elif, [`${prefix}else`]: other, [`${prefix}for`]: each } = node.attributes;
        if (when !== undefined) taken = !!bound(when, scope);
        else if (elif !== undefined) {
          if (taken) return "";
          taken = !!bound(elif, scope);
        } else if (other !== undefined) {
          if (taken) return "";
          taken = true;
        }
        if ((when ?? elif) !== undefined && !taken) return "";
        if (each === undefined) return element(node, scope);
        return bound(each, scope)
          .map((item, index) => element(node, { ...scope, item, index }))
          .join("");
      })
      .join("");
  };
  const element = (node, scope) => {
    const tag = HTML_TAGS[node.tag] ?? node.tag;
    const kept = Object.entries(node.attributes)
      .filter(([name]) => /^(class|style|aria-|role|disabled|checked|value|size|data-)/.test(name))
      .map(([name, value]) => [name, bound(value, scope)])
      .filter(([, value]) => value !== false && value !== undefined && value !== null)
      .map(([name, value]) => `${name}="${escape(rpx(String(value)))}"`);
    if (node.tag === "switch") kept.push('type="checkbox"');
    if (tag === "input") return `<input ${kept.join(" ")}>`;
    if (tag === "textarea") return `<textarea ${kept.join(" ")}>${escape(bound(node.attributes.value ?? "", scope))}</textarea>`;
    return `<${tag} ${kept.join(" ")}>${list(node.children, scope)}</${tag}>`;
  };
  return list(root.children, data);
}

/** Mini-programs count in 750ths of the screen's width. */
export const rpx = (styles) => styles.replace(/(\d+(?:\.\d+)?)rpx/g, (_all, number) => `${(Number(number) * 100) / 750}vw`);

/** A page to open in a browser: the markup, its styles, and what the hosts give by default. */
export function document(html, styles, language) {
  const own = rpx(styles).replace(/(^|[\s{}])page\s*\{/g, "$1body {");
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A page of the mini-program</title>
<style>* { margin: 0 } button { display: block; width: 100%; border: 0; padding: 0 2vw; font: inherit } button[size=mini] { width: auto; display: inline-block } ${own}</style>
<body>${html}</body></html>`;
}
