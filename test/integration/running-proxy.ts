import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../examples/cluster/free-port.js";
import { within } from "../contract/deadline.js";

/** A proxy of its own, in a folder of its own, on a free port; no service of the system is touched. */
export interface RunningProxy {
  readonly port: number;
  stop(): Promise<void>;
}

const deploying = readFileSync(fileURLToPath(new URL("../../docs/deploying.md", import.meta.url)), "utf8");

/** The configuration that docs/deploying.md has for a proxy: all of its blocks together. */
export function documentedConfiguration(language: "nginx" | "haproxy"): string {
  const fence = "```";
  const blocks = deploying.matchAll(new RegExp(`^${fence}${language}\\n([\\s\\S]*?)^${fence}$`, "gm"));
  const configuration = [...blocks].map(([, block]) => block).join("\n");
  if (configuration === "") throw new Error(`docs/deploying.md has no ${language} block`);
  return configuration;
}

/** nginx with location blocks in front of a server. */
export async function nginx(upstreamPort: number, location: string): Promise<RunningProxy> {
  const port = await freePort();
  const upstream = location.replaceAll("http://127.0.0.1:8080", `http://127.0.0.1:${upstreamPort}`);
  return await startProxy(port, (folder) => {
    const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n");
    const configuration = `${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
daemon off;
events {}
http {
${paths}
access_log off;
gzip on;
gzip_types *;
gzip_min_length 0;
gzip_proxied any;
server {
listen 127.0.0.1:${port};
keepalive_timeout 75s;
${upstream}
}
}
`;
    writeFileSync(join(folder, "nginx.conf"), configuration);
    return ["nginx", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
  });
}

/** HAProxy with a defaults section in front of a server. */
export async function haproxy(upstreamPort: number, defaults: string): Promise<RunningProxy> {
  const port = await freePort();
  return await startProxy(port, (folder) => {
    const configuration = `${defaults}
frontend phones
    bind 127.0.0.1:${port}
    default_backend direct_push
backend direct_push
    server node 127.0.0.1:${upstreamPort}
`;
    writeFileSync(join(folder, "haproxy.cfg"), configuration);
    return ["haproxy", "-db", "-q", "-f", join(folder, "haproxy.cfg")];
  });
}

/** Starts a proxy that listens on a port. @param prepare writes its configuration into the folder and returns the command line. */
export async function startProxy(port: number, prepare: (folder: string) => string[]): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), "direct-push-proxy-"));
  const [program = "", ...args] = prepare(folder);
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exit = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    await within(`${program} to end`, exit);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await within(`${program} to listen`, untilListening(port, child));
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}: ${output}`);
  }
  return { port, stop };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
