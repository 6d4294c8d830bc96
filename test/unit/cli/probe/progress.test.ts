import { describe, expect, it } from "vitest";
import { Progress } from "../../../../src/cli/probe/progress.js";

function output(isTTY: boolean, columns = 60) {
  const written: string[] = [];
  return { written, to: { isTTY, columns, write: (text: string) => written.push(text) } };
}

const state = { holding: [50, 900, 1800], secondsLeft: 1265, elapsedSeconds: 535, carriedSeconds: 480 };

describe("the progress of a probe", () => {
  it("is drawn anew on a terminal, with the time left first, and never over what stays", () => {
    const { written, to } = output(true);
    const progress = new Progress(to);
    progress.draw(state);
    progress.draw({ ...state, secondsLeft: 1264 });
    progress.ended({ askedSeconds: 50, startedSeconds: 500, outcome: { kind: "carried" } });
    progress.end();
    expect(written).toEqual([
      "21m 5s left, carried 8m, holding 50s 15m 30m",
      "\r\u001b[K",
      "21m 4s left, carried 8m, holding 50s 15m 30m",
      "\r\u001b[K",
      "  50s (from 8m 20s): answered in time\n",
    ]);
  });

  it("fits into the terminal", () => {
    const { written, to } = output(true, 30);
    new Progress(to).draw(state);
    expect(written).toEqual(["21m 5s left, carried 8m, hold"]);
    const unknown = output(true, 0);
    new Progress(unknown.to).draw(state);
    expect(unknown.written).toEqual(["21m 5s left, carried 8m, holding 50s 15m 30m"]);
  });

  it("says that it gets ready while nothing is held", () => {
    const { written, to } = output(true);
    new Progress(to).draw({ holding: [], secondsLeft: 0, elapsedSeconds: 3, carriedSeconds: 0 });
    expect(written).toEqual(["3s: getting ready"]);
  });

  it("is lines alone where there is no terminal", () => {
    const { written, to } = output(false);
    const progress = new Progress(to);
    progress.draw(state);
    progress.say("Logged in.");
    progress.end();
    expect(written).toEqual(["Logged in.\n"]);
  });
});
