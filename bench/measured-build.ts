import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".cache/bench");

/** The processes of a part of the bench. */
export type MeasuredPart = "held" | "imap" | "cluster";

/**
 * Compiles the library and the processes that are measured to plain JavaScript, as it is published: a loader that compiles on the fly would
 * be measured along, and a build that changes during a run would spoil it. The folder is a package of the library's name, so that
 * `import "direct-push"` inside it means this build.
 *
 * @returns the folder of the compiled processes of the part.
 */
export async function measuredBuild(part: MeasuredPart): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([
    compile(join(root, "src"), join(folder, "dist")),
    compile(join(root, "bench/held"), join(folder, "bench/held")),
    compile(join(root, "bench/imap"), join(folder, "bench/imap")),
    compile(join(root, "bench/cluster"), join(folder, "bench/cluster")),
  ]);
  await cp(join(root, "package.json"), join(folder, "package.json"));
  return join(folder, "bench", part);
}

async function compile(from: string, to: string): Promise<void> {
  const files = (await readdir(from, { recursive: true })).filter((name) => /(?<!\.d)\.ts$/.test(name));
  for (const name of files) {
    const { outputText } = ts.transpileModule(await readFile(join(from, name), "utf8"), {
      fileName: name,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    const file = join(to, name.replace(/\.ts$/, ".js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, outputText);
  }
}
