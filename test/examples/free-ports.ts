/** Chooses as many ports as its argument says, tells them, and lives until it is let go. */
import { freePort } from "../../examples/cluster/free-port.js";

const ports: number[] = [];
while (ports.length < Number(process.argv[2])) ports.push(await freePort());
process.send?.(ports);
// Without a listener nobody would wait for the end of the channel.
process.on("message", () => {});
