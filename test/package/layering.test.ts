import { afterEach, expect, test } from "vitest";
import { type Checkout, makeCheckout } from "./checkout.js";

let checkout: Checkout | undefined;
afterEach(() => checkout?.remove());

const layers = {
  "src/errors.ts": "export class E {}\n",
  "src/clock.ts": "export const clock = 1;\n",
  "src/push/mailbox-change-source.ts":
    "export interface MailboxRef { readonly user: string }\nexport const value = 1;\n",
  "src/push/hold.ts":
    'import { E } from "../errors.js";\nimport { clock } from "../clock.js";\nexport const hold = [E, clock];\n',
  "src/wbxml/element.ts": "export const element = 1;\n",
  "src/http/exchange.ts": "export interface EasRequest {}\nexport const value = 1;\n",
  "src/mailbox/mailbox.ts":
    'import type { MailboxRef } from "../push/mailbox-change-source.js";\nexport type M = MailboxRef;\n',
  "src/mime/render.ts": 'import PostalMime from "postal-mime";\nexport const render = PostalMime;\n',
  "src/commands/command.ts": "export interface Command {}\n",
  "src/commands/ping.ts":
    'import type { Command } from "./command.js";\nimport { hold } from "../push/hold.js";\nexport const ping: Command = hold;\n',
  "src/commands/sync/index.ts": 'import "./collection.js";\nexport const sync = 1;\n',
  "src/commands/sync/collection.ts":
    'import { element } from "../../wbxml/element.js";\nexport const collection = element;\n',
  "src/commands/index.ts":
    'import { ping } from "./ping.js";\nimport { sync } from "./sync/index.js";\nexport const registry = [ping, sync];\n',
  "src/direct-push.ts":
    'import { registry } from "./commands/index.js";\nimport debug from "debug";\nexport const directPush = [registry, debug];\n',
  "src/adapters/koa.ts":
    'import { directPush } from "../direct-push.js";\nimport type { EasRequest } from "../http/exchange.js";\nexport const koa = (_: EasRequest) => directPush;\n',
  "src/index.ts":
    'export { directPush } from "./direct-push.js";\nexport type { MailboxRef } from "./push/mailbox-change-source.js";\n',
};

function check(files: Readonly<Record<string, string>>) {
  checkout = makeCheckout(files);
  return checkout.run("check-layering.mjs");
}

test("code that keeps to its layers passes", () => {
  expect(check(layers)).toEqual({ code: 0, output: "layering: 16 files keep to their layers\n" });
});

/** One file a key; each line of it with the complaint that it must give. */
const violations: Readonly<Record<string, readonly (readonly [line: string, complaint: string])[]>> = {
  "src/push/bad.ts": [
    ['import "../wbxml/element.js";', "push may not import wbxml"],
    ['export * from "../wbxml/element.js";', "push may not import wbxml"],
    ['export type T = import("../wbxml/element.js").T;', "push may not import wbxml"],
    ['export const m = () => import("../wbxml/element.js");', "push may not import wbxml"],
    ['import "lodash";', "lodash is not a dependency"],
    ['import type { X } from "lodash/x";', "lodash is not a dependency (its types would be missing"],
    ['import "postal-mime";', "push may not import the optional peer postal-mime"],
    ['import "fs";', "write node:fs"],
  ],
  "src/commands/settings.ts": [
    ['import type { EasRequest } from "../http/exchange.js";', "commands may not import http"],
    ['import { sync } from "./sync/index.js";', "settings may not import the command sync"],
    ['import { ping } from "./ping.js";', "settings may not import the command ping"],
  ],
  "src/commands/sync/bad.ts": [
    ['import { ping } from "../ping.js";', "sync may not import the command ping"],
  ],
  "src/commands/shared.ts": [
    ['import { ping } from "./ping.js";', "what commands share may not import the command"],
  ],
  "src/adapters/bad.ts": [
    ['import "../push/hold.js";', "adapters may not import push"],
    [
      'import { value } from "../http/exchange.js";',
      "adapters may import only types from src/http/exchange.ts",
    ],
    ['import { type EasRequest, value as v } from "../http/exchange.js";', "adapters may import only types"],
    ['import type Koa from "koa";', "adapters may not import the optional peer koa"],
  ],
  "src/state/bad.ts": [
    ['import { value } from "../push/mailbox-change-source.js";', "state may import only types from"],
    ['import type { hold } from "../push/hold.js";', "state may not import push"],
  ],
  "src/bounded-call.ts": [
    ['import type { element } from "./wbxml/element.js";', "errors may not import wbxml"],
  ],
  "src/options.ts": [
    ['import type { directPush } from "./direct-push.js";', "options may not import direct-push"],
  ],
  "src/index.ts": [['export type { koa } from "./adapters/koa.js";', "root may not import adapters"]],
  "src/testing/bad.ts": [['import "../adapters/koa.js";', "testing may not import adapters"]],
  "src/helpers/bad.ts": [["export {};", "belongs to no layer"]],
};

test("every planted violation is found, and nothing else", () => {
  const files = Object.entries(violations).map(([path, lines]) => [
    path,
    lines.map(([line]) => `${line}\n`).join(""),
  ]);
  const { code, output } = check({ ...layers, ...Object.fromEntries(files) });
  const expected = Object.entries(violations).flatMap(([path, lines]) =>
    lines.map(([, complaint], index) => `${path}:${index + 1} ${complaint}`),
  );
  for (const complaint of expected) expect(output).toContain(complaint);
  expect(output).toContain(`layering: ${expected.length} problems`);
  expect(code).toBe(1);
});

test("a cycle of value imports is found, one of types is not", () => {
  const other = {
    ...layers,
    "src/push/a.ts": 'import "./b.js";\n',
    "src/push/b.ts": 'import type { A } from "./a.js";\n',
  };
  expect(check(other).code).toBe(0);
  checkout?.write("src/push/b.ts", 'import { A } from "./a.js";\n');
  const { code, output } = checkout?.run("check-layering.mjs") ?? {};
  expect(output).toContain("imports itself: src/push/a.ts -> src/push/b.ts -> src/push/a.ts");
  expect(code).toBe(1);
});
