import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { DeviceExchange } from "../../src/testing/index.js";
import { childText, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { RunningProgram } from "./running-program.js";
import { wirePhone } from "./wire-phone.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "documentation-"));
symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
writeFileSync(join(scratch, "package.json"), '{ "type": "module" }');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let program: RunningProgram | undefined;
afterEach(() => program?.kill());

const documents = [
  "README.md",
  "docs/getting-started.md",
  "docs/writing-a-mailbox.md",
  "docs/client.md",
  "docs/deploying.md",
  "docs/errors.md",
  "docs/imap.md",
  "docs/redis.md",
];

/** What blocks that show a part take from around them. */
const surroundings = `
declare global {
  const store: {
    sequence(user: string, folder: string): Promise<number>;
    marker(user: string, folder: string): Promise<string>;
    find(user: string, file: string): Promise<{ path: string; type: string; size: number } | undefined>;
  };
  const queue: {
    add(mail: { id: string; from: string; to: readonly string[]; message: Uint8Array }): Promise<boolean>;
  };
  const calendars: {
    byUid(
      user: string,
      uid: string,
    ): Promise<{ id: string; item: import("direct-push").CalendarItem } | undefined>;
    replace(user: string, id: string, item: import("direct-push").CalendarItem): Promise<void>;
  };
  function readPieces(path: string, range?: import("direct-push").ByteRange): AsyncIterable<Uint8Array>;
  const bus: import("node:events").EventEmitter;
  const mailbox: import("direct-push/testing").MemoryMailbox;
  const directPush: import("direct-push").DirectPush;
  const options: import("direct-push").DirectPushOptions;
  const authenticate: import("direct-push").DirectPushOptions["authenticate"];
  const metrics: { increment(name: string): void };
  const phone: import("direct-push/client").EasClient;
  function accessToken(wasRefused: boolean): Promise<string>;
  function forgetFolder(folder: string): Promise<void>;
  function storeItem(folder: string, item: import("direct-push/client").SyncItem): Promise<void>;
  function removeItem(folder: string, id: string): Promise<void>;
  function makeMyMailbox(): import("direct-push/testing").MailboxSubject;
}
export {};
`;

/** The TypeScript and JavaScript of a document, block by block. */
function blocksOf(document: string): string[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");
}

/** A block as a module. One that repeats an interface of the library must be the same as that, both ways. */
function moduleOf(block: string): string {
  const [, name] = /^interface (\w+)/.exec(block) ?? [];
  if (name === undefined) return `${block}\nexport {};\n`;
  return `import type * as library from "direct-push";
type MailboxRef = library.MailboxRef;
type Arrival = library.Arrival;
${block}
export const told = (real: library.${name}): ${name} => real;
export const real = (told: ${name}): library.${name} => told;
`;
}

describe("the documentation's code", () => {
  it("compiles", () => {
    const files = documents.flatMap((document) => {
      const blocks = blocksOf(document);
      expect(blocks.length, document).toBeGreaterThan(0);
      return blocks.map((block, index) => {
        const file = join(scratch, `${basename(document, ".md")}-${index + 1}.ts`);
        writeFileSync(file, moduleOf(block));
        return file;
      });
    });
    const around = join(scratch, "surroundings.d.ts");
    writeFileSync(around, surroundings);
    const configuration = join(scratch, "tsconfig.json");
    writeFileSync(
      configuration,
      JSON.stringify({
        extends: relative(scratch, join(root, "tsconfig.json")),
        compilerOptions: {
          noUnusedLocals: false,
          noUnusedParameters: false,
          typeRoots: [join(root, "node_modules/@types")],
        },
        include: [],
        // Types that the sources behind the package's names need, which nothing imports.
        files: [around, join(root, "src/mime/text-coding.d.ts"), ...files],
      }),
    );
    expect(compilerOutput(configuration)).toBe("");
  });
});

function compilerOutput(configuration: string): string {
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", configuration], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return "";
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}

/** Runs a block that listens on port 8080, on a free port instead. */
async function started(document: string, block: string): Promise<{ run: RunningProgram; port: number }> {
  const listening = block.replace(
    /(\w+)\.listen\(8080\);/,
    'const listening = $1.listen(0, () => console.log("port", (listening.address() as { port: number }).port));',
  );
  expect(listening, "the block listens on port 8080").not.toBe(block);
  const file = join(scratch, `run-${basename(document, ".md")}.ts`);
  writeFileSync(file, listening);
  const run = new RunningProgram([file]);
  program = run;
  const [, port] = await run.prints(/^port (\d+)$/m);
  return { run, port: Number(port) };
}

describe("what the documentation has one run first", () => {
  it("README: the Express mount holds a Ping", async () => {
    const block = blocksOf("README.md").find((text) => text.includes("toExpress(")) ?? "";
    const lines = block
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    expect(lines.length, "lines of the mount").toBeLessThanOrEqual(15);
    const { port } = await started("README.md", block);
    await holdsPing(port, "anyone");
  });

  it("getting-started: the first server holds a Ping, and ends on SIGTERM", async () => {
    const { run, port } = await started(
      "docs/getting-started.md",
      blocksOf("docs/getting-started.md")[0] ?? "",
    );
    const held = await holdsPing(port, "alice");
    expect(await run.endsOn("SIGTERM"), run.output).toBe(0);
    expect(childText((await within("the farewell", held.answer)).document, Ping.Status)).toBe("1");
  });
});

/** Returns the Ping that is held. */
async function holdsPing(port: number, user: string): Promise<DeviceExchange> {
  const phone = wirePhone(port, { user, password: "secret" });
  const { document } = await within("FolderSync", phone.folderSync());
  expect(childText(document, FolderHierarchy.Status)).toBe("1");
  await within("the first Sync", phone.syncAll("inbox"));
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await within("a Sync beside the Ping", phone.sync("inbox"));
  expect(ping.isAnswered).toBe(false);
  return ping;
}
