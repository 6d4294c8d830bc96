/** The ways to get one right request wrong, or to write it differently: each place of it, each way. */
import type { Tree } from "../devices/tree.js";

/** A request that is not quite the right one. */
export interface Variant {
  /** What was done to which element. */
  readonly name: string;
  readonly tree: Tree;
  /** Whether it says the same as the right one: what phones send differs in such ways. */
  readonly isEqual: boolean;
}

/** A token that its page, AirSync, does not list, with something in it. */
const unknown: Tree = [0x3f, ["AirSync:Status", "1"]];
const mostPermuted = 4;

/** Every variant of a request with one thing changed. The root stays: it says which command it is. */
export function variantsOf(root: Tree): readonly Variant[] {
  return variantsIn(root, "");
}

function variantsIn(parent: Tree, path: string): readonly Variant[] {
  const [name, ...children] = parent;
  const here = path === "" ? String(name) : `${path} > ${String(name)}`;
  const trees = children.filter((child): child is Tree => Array.isArray(child));
  const rebuilt = (content: readonly Tree[]): Tree => [name, ...content];
  const found: Variant[] = ordersOf(trees).map((order) => ({
    name: `${here}: ${order.map(([child]) => child).join(", ")}`,
    tree: rebuilt(order),
    isEqual: true,
  }));
  trees.forEach((child, at) => {
    const label = `${here} > ${String(child[0])}`;
    const replaced = (...by: readonly Tree[]): Tree => rebuilt(trees.toSpliced(at, 1, ...by));
    found.push(
      { name: `${label} left out`, tree: replaced(), isEqual: false },
      { name: `${label} twice`, tree: replaced(child, child), isEqual: false },
      { name: `${label} empty`, tree: replaced([child[0]]), isEqual: false },
      { name: `${label} with another text`, tree: replaced([child[0], "nonsense"]), isEqual: false },
      { name: `${label} with bytes`, tree: replaced([child[0], Buffer.from([0xff, 0])]), isEqual: false },
      { name: `${label} after something unknown`, tree: replaced(unknown, child), isEqual: true },
      ...variantsIn(child, here).map((variant) => ({ ...variant, tree: replaced(variant.tree) })),
    );
  });
  return found;
}

/** All orders of a few, and some of many; never the given one. */
function ordersOf(children: readonly Tree[]): readonly (readonly Tree[])[] {
  if (children.length < 2) return [];
  if (children.length <= mostPermuted) return permutations(children).slice(1);
  const rotated = children.slice(1).map((_, at) => [...children.slice(at + 1), ...children.slice(0, at + 1)]);
  return [...rotated, children.toReversed()];
}

/** The first one is the given order. */
function permutations<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((first, at) => permutations(all.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
