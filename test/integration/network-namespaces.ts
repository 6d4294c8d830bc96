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

  /**
   * Makes the router a carrier's NAT that forgets a connection after so many seconds without a byte. What comes for a connection that it has
   * forgotten is dropped without a word, in both directions.
   */
  masquerade(forgetsAfterSeconds: number): void {
    const [, router = ""] = this.#names;
    // First, as it is the rules that bring connection tracking to the namespace, and its settings with it.
    ip("netns", "exec", router, "nft", carrierRules);
    const times = ["established", "unacknowledged", "max_retrans"].map(
      (state) => `nf_conntrack_tcp_timeout_${state}=${forgetsAfterSeconds}`,
    );
    for (const setting of [...times, "nf_conntrack_tcp_loose=0"]) {
      const [name = "", value = ""] = setting.split("=");
      ip("netns", "exec", router, "sh", "-c", `echo ${value} > /proc/sys/net/netfilter/${name}`);
    }
  }

  /** The command line that runs a program in a namespace: the program and its arguments follow. */
  inside(role: "phone" | "server"): readonly [string, ...string[]] {
    return ["ip", "netns", "exec", this.#names[role === "phone" ? 0 : 2] ?? ""];
  }

  /** Starts a script of this folder in a namespace; it talks by messages. */
  start(role: "phone" | "server", script: string, ...args: readonly string[]): ChildProcess {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const [program, ...before] = this.inside(role);
    const child = spawn(program, [...before, process.execPath, "--import", "tsx", file, ...args], {
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

/** New connections come from the phone's side alone, and everything else must belong to one that is known. */
const carrierRules = `table ip carrier {
  chain leaving {
    type nat hook postrouting priority 100;
    oifname "down1" masquerade
  }
  chain passing {
    type filter hook forward priority 0; policy drop;
    ct state established accept
    iifname "down0" ct state new accept
  }
  chain arriving {
    type filter hook input priority 0; policy drop;
  }
}`;

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
