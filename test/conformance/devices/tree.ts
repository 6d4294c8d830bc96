/** Documents written as devices' captures are read: names from the outside in, a page named once. */
import {
  bytesElement,
  element,
  tagName,
  tagOf,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";

/**
 * `["AirSync:Sync", ["Collections", ...]]`: a name without a page is of its parent's. A text or bytes in place of children are the content; without
 * any the element is empty. A number stands for a token that no page lists.
 */
export type Tree = readonly [name: string | number, ...content: (Tree | string | Uint8Array)[]];

/** The document of a tree. Throws for a name that no page lists. */
export function document(tree: Tree, page = ""): WbxmlElement {
  const [name, ...content] = tree;
  const fullName = typeof name === "number" || name.includes(":") ? name : `${page}:${name}`;
  const tag = typeof fullName === "number" ? fullName : tagOf(fullName);
  if (tag === undefined) throw new Error(`No page lists ${fullName}`);
  const [first] = content;
  if (typeof first === "string") return textElement(tag, first);
  if (first instanceof Uint8Array) return bytesElement(tag, first);
  const ownPage = typeof fullName === "number" ? page : (fullName.split(":", 1)[0] ?? "");
  return element(
    tag,
    content.map((child) => document(child as Tree, ownPage)),
  );
}

/** A document as a tree whose names have no page; undefined for none. */
export function treeOf(root: WbxmlElement | undefined): Tree | undefined {
  if (root === undefined) return undefined;
  const name = tagName(root.tag).replace(/^.*:/, "");
  const { content } = root;
  if (content === null) return [name];
  if (typeof content === "string" || content instanceof Uint8Array) return [name, content];
  return [name, ...content.map((child) => treeOf(child) as Tree)];
}

/** All elements of a name, at any depth, in document order. */
export function all(tree: Tree | undefined, name: string): readonly Tree[] {
  if (tree === undefined) return [];
  const below = tree.slice(1).flatMap((child) => (Array.isArray(child) ? all(child as Tree, name) : []));
  return tree[0] === name ? [tree, ...below] : below;
}

/** The text of the first element of a name, at any depth; empty for one without content. */
export function textOf(tree: Tree | undefined, name: string): string | undefined {
  const [first] = all(tree, name);
  if (first === undefined) return undefined;
  const content = first[1] ?? "";
  return typeof content === "string" ? content : undefined;
}

/** The texts of all elements of a name. */
export function textsOf(tree: Tree | undefined, name: string): readonly string[] {
  return all(tree, name).map(([, content = ""]) => (typeof content === "string" ? content : "..."));
}

/** The names of an element's children, in order. */
export function namesIn(tree: Tree | undefined): readonly (string | number)[] {
  return (tree?.slice(1) ?? []).flatMap((child) =>
    Array.isArray(child) ? [(child as unknown as Tree)[0]] : [],
  );
}
