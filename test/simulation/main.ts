/**
 * `npm run simulate -- [--seed S] [--steps N] [--seeds COUNT] [--nodes N]`: phones, lost answers, restarts, clock jumps. Prints what happened; a seed
 * that fails is printed and replays alone.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { Simulation } from "./simulation.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", multiple: true, default: [] },
    steps: { type: "string", default: "20000" },
    seeds: { type: "string" },
    nodes: { type: "string", default: "1" },
  },
});

const fixedSeeds = [1, 2, 3, 4, 5];
const nodes = Number(values.nodes);
const steps = Number(values.steps);
const fresh = Array.from({ length: Number(values.seeds ?? 5) }, () => randomInt(2 ** 31));
const seeds = values.seed.length > 0 ? values.seed.map(Number) : [...fixedSeeds, ...fresh];
const stepsEach = Math.ceil(steps / seeds.length);

/** Long runs say how far they are. */
const progressEveryMs = 60_000;

let failed = 0;
const totals: Record<string, number> = {};
for (const seed of seeds) {
  const simulation = new Simulation(seed, { nodes });
  const progress = setInterval(
    () => console.error(`seed ${seed}: ${simulation.counts.steps} steps`),
    progressEveryMs,
  );
  try {
    await simulation.run(stepsEach);
  } catch (error) {
    failed++;
    console.error(
      `seed ${seed} failed after ${simulation.counts.steps} steps: ${error instanceof Error ? error.stack : String(error)}`,
    );
    console.error(`replay: npm run simulate -- --seed ${seed} --steps ${stepsEach} --nodes ${nodes}`);
  }
  clearInterval(progress);
  simulation.close();
  for (const [name, count] of Object.entries(simulation.counts)) totals[name] = (totals[name] ?? 0) + count;
}
console.log(
  Object.entries(totals)
    .map(([name, count]) => `${name} ${count}`)
    .join(", "),
);
console.log(`${seeds.length - failed} of ${seeds.length} seeds held`);
process.exit(failed === 0 ? 0 : 1);
