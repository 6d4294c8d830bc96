import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../contract/deadline.js";
import { programIsThere } from "./required-program.js";

/** The server's address in the {@link RoutedNetwork}. */
export const serverAddress = "10.77.2.2";

/** A phone, a router and a server, each in a network namespace of its own; nothing outside of them is touched. */
export class RoutedNetwork {
  readonly #names = ["phone", "router", "server"].map((role) => `direct-push-${role}-${process.pid}`);
  readonly #children: ChildProcess[] = [];

  constructor() {
    const [phone = "", router = "", server = ""] = this.#names;
    for (const name of this.#names) ip("netns", "add", name);
    ip("link", "add", "up0", "netns", phone, "type", "veth", "peer", "name", "down0", "netns", router);
    ip("link", "add", "up0", "netns", server, "type", "veth", "peer", "name", "down1", "netns", router);
    for (const [name, device, address] of [
      [phone, "up0", "10.77.1.2/24"],
      [router, "down0", "10.77.1.1/24"],
      [router, "down1", "10.77.2.1/24"],
      [server, "up0", `${serverAddress}/24`],
    ] as const) {
      ip("-n", name, "address", "add", address, "dev", device);
      ip("-n", name, "link", "set", device, "up");
    }
    ip("-n", phone, "route", "add", "default", "via", "10.77.1.1");
    ip("-n", server, "route", "add", "default", "via", "10.77.2.1");
    this.forward(true);
  }

  /** Whether the router passes packets on. When not, they vanish and neither side hears of it, as behind a NAT that forgot a connection. */
  forward(on: boolean): void {
    const [, router = ""] = this.#names;
    const command = `echo ${on ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`;
    ip("netns", "exec", router, "sh", "-c", command);
  }

  /** Starts a script of this folder in a namespace; it talks by messages. */
  start(role: "phone" | "server", script: string, ...args: readonly string[]): ChildProcess {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const name = this.#names[role === "phone" ? 0 : 2] ?? "";
    const child = spawn("ip", ["netns", "exec", name, process.execPath, "--import", "tsx", file, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#children.push(child);
    return child;
  }

  /** Ends what was started and removes the namespaces. */
  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await within("a process to end", once(child, "exit"));
    }
    for (const name of this.#names) ip("netns", "delete", name);
  }
}

/** Whether namespaces can be made here. Says in one line when not; throws instead where REQUIRE_INTEGRATION=1. */
export function canMakeNamespaces(): boolean {
  if (!programIsThere("ip", "iproute2")) return false;
  const name = `direct-push-try-${process.pid}`;
  try {
    ip("netns", "add", name);
    ip("netns", "delete", name);
    return true;
  } catch (error) {
    const message = "needs the right to make network namespaces";
    if (process.env["REQUIRE_INTEGRATION"] === "1") throw new Error(message, { cause: error });
    console.log(`skipped: ${message}`);
    return false;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
