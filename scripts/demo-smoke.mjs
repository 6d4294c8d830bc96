/**
 * Runs the demo as a newcomer would and watches its terminal: the phone's story, a mail sent by hand with curl, Ctrl-C.
 * Fails when a step does not show up in time, or when the demo does not end by itself.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "./lib/run.mjs";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const stepMs = 30_000;
const endMs = 20_000;
const root = rootFolder();
const scratch = mkdtempSync(join(tmpdir(), "direct-push-demo-"));
const problems = [];

/** Starts the demo in a process group of its own, so that nothing of it can stay behind. */
function startDemo(...options) {
  const args = [
    "--import",
    "tsx",
    "examples/mail-server/main.ts",
    "--http-port",
    "0",
    "--smtp-port",
    "0",
    ...options,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const demo = { child, output: "", exit: undefined };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      demo.output += text;
    });
  }
  child.on("exit", (code, signal) => {
    demo.exit = { code, signal };
  });
  return demo;
}

/** Waits until the output after `from` matches; returns the match. */
async function see(demo, pattern, from = 0) {
  const deadline = performance.now() + stepMs;
  for (;;) {
    const match = pattern.exec(demo.output.slice(from));
    if (match) return match;
    if (demo.exit) throw new Error(`the demo ended (${JSON.stringify(demo.exit)}) before ${pattern}`);
    if (performance.now() > deadline) throw new Error(`nothing matched ${pattern} within ${stepMs} ms`);
    await pause(50);
  }
}

/** Presses Ctrl-C and expects a clean end. */
async function end(demo) {
  process.kill(-demo.child.pid, "SIGINT");
  const deadline = performance.now() + endMs;
  while (!demo.exit && performance.now() < deadline) await pause(50);
  if (!demo.exit) throw new Error(`the demo did not end within ${endMs} ms of Ctrl-C`);
  if (demo.exit.code !== 0) throw new Error(`the demo ended with ${JSON.stringify(demo.exit)}`);
}

/** Runs one story with a demo of its own. */
async function story(name, options, tell) {
  const demo = startDemo(...options);
  try {
    await tell(demo);
    await end(demo);
  } catch (error) {
    problems.push(`demo, ${name}: ${error.message}\n${demo.output.trim().replace(/^/gm, "  | ")}`);
  } finally {
    if (!demo.exit) process.kill(-demo.child.pid, "SIGKILL");
  }
}

const ready = /^ready http=(\S+) smtp=(\S+)$/m;

await story("the phone's story", [], async (demo) => {
  const [, , smtp] = await see(demo, ready);
  await see(demo, /Ping answered: .+ changed[\s\S]+Sync: ".+"[\s\S]+Ping: /);
  const mail = join(scratch, "mail.eml");
  writeFileSync(mail, "From: a@b\r\nTo: alice@example.com\r\nSubject: From the smoke test\r\n\r\nHello.\r\n");
  const seen = demo.output.length;
  const addresses = ["--mail-from", "a@b", "--mail-rcpt", "alice@example.com"];
  const sent = run("curl", ["--silent", "--show-error", smtp, ...addresses, "--upload-file", mail]);
  if (sent.code !== 0) throw new Error(`curl failed: ${sent.stderr}`);
  await see(demo, /Sync: "From the smoke test"/, seen);
});

await story("the server alone", ["--no-phone"], async (demo) => {
  const [, http] = await see(demo, ready);
  const authorization = `Basic ${Buffer.from("alice@example.com:alice").toString("base64")}`;
  const answer = await fetch(http, { method: "OPTIONS", headers: { authorization } });
  const commands = answer.headers.get("ms-asprotocolcommands") ?? "";
  if (answer.status !== 200 || !commands.split(",").includes("Ping")) {
    throw new Error(`OPTIONS gave ${answer.status} and the commands "${commands}"`);
  }
});

rmSync(scratch, { recursive: true, force: true });
conclude("demo", problems, "both stories ended well");
