import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The subpath exports of the package that hold code: `{subpath: "./wbxml", name: "wbxml", types, code}`. */
export function subpathExports(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath, target]) => ({
      subpath,
      name: subpath === "." ? "index" : subpath.slice(2),
      specifier: subpath === "." ? manifest.name : `${manifest.name}/${subpath.slice(2)}`,
      types: target.types,
      code: target.default,
    }));
}

/** The optional peers that a subpath needs to be imported; every other subpath must do without any. */
export const peersOf = {
  "./fastify": ["fastify"],
  "./hono": ["hono", "@hono/node-server"],
  "./lmdb": ["lmdb"],
  "./mime": ["postal-mime"],
  "./imap": ["imapflow", "postal-mime"],
};
