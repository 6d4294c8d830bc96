import { afterEach, expect, it } from "vitest";
import { RunningProgram } from "./running-program.js";

let program: RunningProgram | undefined;
afterEach(() => program?.kill());

it("the example's own tests pass in Node's test runner", async () => {
  program = new RunningProgram(["--test", "examples/custom-source/custom-source.test.ts"]);
  expect(await program.ends(), program.output).toBe(0);
  expect(program.output).toMatch(/^. pass [1-9]\d+$/m);
  expect(program.output).toMatch(/^. fail 0$/m);
});
