import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LmdbStateStore } from "../../../src/lmdb/lmdb-state-store.js";
import { readCounterValue } from "./counter-value.js";

const writersAtOnce = 3;
/** Counters that all of them write. */
export const counters = 3;

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What was acknowledged, by all writers. */
export class Ledger {
  readonly highest = new Map<string, number>();
  readonly deleted: string[] = [];
  readonly faults: string[] = [];
  counted = 0;
  readonly #acknowledged = new Set<string>();

  hear(line: string): void {
    const [what, key = "", number] = line.split(" ");
    if (what === "deleted") this.deleted.push(key);
    else if (what === "counted") this.#count(key, Number(number));
    else if (what !== "written") this.faults.push(line);
  }

  #count(key: string, count: number): void {
    const step = `${key} ${count}`;
    if (this.#acknowledged.has(step)) this.faults.push(`two writers were told that they wrote ${step}`);
    this.#acknowledged.add(step);
    this.counted += 1;
    this.highest.set(key, Math.max(count, this.highest.get(key) ?? 0));
  }

  /** Compares what was acknowledged with what is there. */
  async audit(store: LmdbStateStore): Promise<void> {
    for (const [key, acknowledged] of [...this.highest]) {
      const stored = await store.read(key);
      const count = stored === undefined ? 0 : readCounterValue(stored.value);
      if (count < acknowledged) this.faults.push(`${key} is ${count}, and ${acknowledged} was acknowledged`);
    }
    for (const key of this.deleted.splice(0)) {
      if ((await store.read(key)) !== undefined) this.faults.push(`${key} is there, and was deleted`);
    }
  }
}

interface Writer {
  readonly process: ChildProcess;
  /** It has written something. */
  readonly isAtWork: Promise<unknown>;
  /** It is gone, and all that it said was heard. */
  readonly isGone: Promise<unknown>;
}

export function startWriter(program: string, folder: string, name: string, ledger: Ledger): Writer {
  const child = spawn(process.execPath, [program, folder, name, String(counters)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) ledger.hear(line);
  });
  const isGone = once(child, "close");
  return { process: child, isAtWork: Promise.race([once(child.stdout, "data"), isGone]), isGone };
}

/** Compiles a program of this folder once, as many processes are started; within the checkout, where lmdb is found. */
export async function compileProgram(name: "killed-writer" | "comes-and-goes"): Promise<string> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const programs = mkdtempSync(join(root, `.cache/${name}-`));
  const entry = join(root, `test/unit/lmdb/${name}.ts`);
  const flags = ["--ignoreConfig", "--noCheck", "--outDir", programs, "--rootDir", root];
  const settings = ["--module", "nodenext", "--target", "es2023", "--skipLibCheck", "--types", "node"];
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, ...flags, ...settings, entry], {
    cwd: root,
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`tsc ended with ${code}`);
  return programs;
}

/** The program in what {@link compileProgram} made. */
export const programIn = (programs: string): string => join(programs, "test/unit/lmdb/killed-writer.js");

/**
 * Lets processes write to one folder and kills so many of them in the middle of it, new ones taking their places. After each kill
 * everything that was acknowledged is looked for.
 */
export async function killWriters(kills: number): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), "direct-push-kill-"));
  const programs = await compileProgram("killed-writer");
  const ledger = new Ledger();
  let started = 0;
  const start = (): Writer => {
    started += 1;
    return startWriter(programIn(programs), folder, `w${started}`, ledger);
  };
  let store = new LmdbStateStore({ folder });
  let writers = Array.from({ length: writersAtOnce }, start);
  try {
    for (let killed = 0; killed < kills && ledger.faults.length === 0; ) {
      // All at once now and then: nobody is left who has the folder open.
      const isAll = killed % 20 < writersAtOnce;
      const victims = isAll ? writers : writers.slice(0, 1);
      await Promise.all(victims.map(({ isAtWork }) => isAtWork));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      if (isAll) await store.close();
      for (const victim of victims) victim.process.kill("SIGKILL");
      killed += victims.length;
      await Promise.all(victims.map(({ isGone }) => isGone));
      writers = [...writers.filter((writer) => !victims.includes(writer)), ...victims.map(start)];
      if (isAll) store = new LmdbStateStore({ folder });
      await ledger.audit(store);
    }
  } finally {
    for (const writer of writers) writer.process.kill("SIGKILL");
    await Promise.all(writers.map(({ isGone }) => isGone));
  }
  await ledger.audit(store);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(programs, { recursive: true, force: true });
  return ledger;
}
