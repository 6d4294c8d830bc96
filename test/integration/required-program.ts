import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether `program` is installed. When it is not, says so in one line, for a test to be skipped; throws instead when the
 * environment has REQUIRE_INTEGRATION=1, for a test to fail.
 */
export function programIsThere(program: string, debianPackage: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  if (folders.some((folder) => isExecutable(join(folder, program)))) return true;
  const message = `needs the Debian package ${debianPackage}`;
  if (process.env["REQUIRE_INTEGRATION"] === "1") throw new Error(message);
  console.log(`skipped: ${message}`);
  return false;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
