import { parseDuration } from "../duration.js";
import { type GivenOptions, SettingsProblem } from "./given-options.js";

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Options that are texts. */
type TextName = {
  [Name in keyof GivenOptions]-?: GivenOptions[Name] extends string | undefined ? Name : never;
}[keyof GivenOptions];

/** Within bounds, both inclusive. @throws SettingsProblem */
export function wholeNumber(
  given: GivenOptions,
  name: TextName,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = given[name];
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new SettingsProblem(`--${name} is a whole number from ${least} to ${most}, not "${text}"`);
}

/** In seconds, from 1. @throws SettingsProblem */
export function duration(given: GivenOptions, name: TextName, fallback: number, most: number): number {
  const text = given[name];
  if (text === undefined) return fallback;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds <= most) return seconds;
  throw new SettingsProblem(`--${name} is a duration such as 20s or 5m, of ${most}s at most, not "${text}"`);
}

/** The first choice is the default. @throws SettingsProblem */
export function oneOf<Choice extends string>(
  given: GivenOptions,
  name: TextName,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = given[name];
  const choice = text === undefined ? choices[0] : choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw new SettingsProblem(`--${name} is one of ${choices.join(", ")}, not "${text}"`);
}
