/** Removes what builds and test runs leave: the folders named as arguments, or all of them. */
import { rmSync } from "node:fs";

const known = ["dist", "coverage", ".cache"];
const asked = process.argv.slice(2);
for (const folder of asked.length === 0 ? known : asked) {
  if (!known.includes(folder)) throw new Error(`clean: ${folder} is not one of ${known.join(", ")}`);
  rmSync(folder, { recursive: true, force: true });
}
