import { contestants, weekOn } from "./contest.js";
import { intervalPlot } from "./interval-plot.js";
import { networks } from "./networks.js";

/** The plot of docs/heartbeat.md: the first hours of every strategy on one network. Throws when there is no such network. */
export function plotOf13Minutes(): string {
  const network = networks.find(({ name }) => name.startsWith("13 min"));
  if (network === undefined) throw new Error("no network of 13 minutes");
  const week = weekOn(network, 1);
  const runs = contestants.map((contestant) => ({
    name: contestant.name,
    intervals: contestant.run(week).intervals,
  }));
  const title = "A network that forgets idle connections after 13 minutes";
  return intervalPlot(runs, { title, hours: 12, limitMinutes: 13 });
}
