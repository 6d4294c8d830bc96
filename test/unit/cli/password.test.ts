import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { askPassword, type PasswordPrompt } from "../../../src/cli/password.js";

class Terminal extends EventEmitter {
  isTTY = true;
  raw: boolean[] = [];
  isPaused = true;
  shown = "";
  /** What is typed while this is false would be shown by the terminal itself. */
  wasRawWhenAsked: boolean | undefined;

  setRawMode(on: boolean): this {
    this.raw.push(on);
    return this;
  }

  resume(): this {
    this.isPaused = false;
    return this;
  }

  pause(): this {
    this.isPaused = true;
    return this;
  }

  ask(): ReturnType<typeof askPassword> {
    const output = {
      write: (text: string) => {
        this.wasRawWhenAsked ??= this.raw.at(-1) === true;
        this.shown += text;
      },
    };
    return askPassword("Password: ", { input: this as unknown as PasswordPrompt["input"], output });
  }

  type(...keys: readonly string[]): void {
    for (const key of keys) this.emit("data", Buffer.from(key));
  }
}

describe("the prompt for a password", () => {
  it("takes what is typed, shows none of it, and leaves the terminal as it was", async () => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    terminal.type("s", "e", "cr", "\u007f", "ret ö", "\r");
    expect(await answer).toEqual({ kind: "given", password: "secret ö" });
    expect(terminal.shown).toBe("Password: \n");
    expect(terminal.wasRawWhenAsked).toBe(true);
    expect(terminal.raw).toEqual([true, false]);
    expect(terminal.isPaused).toBe(true);
    expect(terminal.listenerCount("data")).toBe(0);
  });

  it.each(["\u0003", "\u0004"])("can be refused with %j", async (key) => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    terminal.type("abc", key);
    expect(await answer).toEqual({ kind: "refused" });
    expect(terminal.raw).toEqual([true, false]);
  });

  it("leaves out control characters, and a whole character at each backspace", async () => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    terminal.type("a\u001b\tb", "🔑", "\b", "c\n");
    expect(await answer).toEqual({ kind: "given", password: "abc" });
  });

  it("asks nobody where there is no terminal", async () => {
    const terminal = new Terminal();
    terminal.isTTY = false;
    expect(await terminal.ask()).toEqual({ kind: "no-terminal" });
    expect(terminal.shown).toBe("");
  });
});
