/** A process that opens the turn at a folder, and the state in it, and closes them again, so many times each: `node comes-and-goes.js FOLDER TURNS STORES`. */
import { FolderTurn } from "../../../src/lmdb/folder-turn.js";
import { LmdbStateStore } from "../../../src/lmdb/lmdb-state-store.js";

const [folder = "", turns = "1", stores = "1"] = process.argv.slice(2);
for (let time = 0; time < Number(turns); time += 1) {
  const turn = new FolderTurn(folder);
  turn.takeNow(() => {});
  await turn.close();
}
for (let time = 0; time < Number(stores); time += 1) await new LmdbStateStore({ folder }).close();
