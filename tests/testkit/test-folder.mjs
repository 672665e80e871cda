// The folder of one Jest run, and the Postgres cluster that its tests may have started in it.
import { mkdir, mkdtemp, readFile, readdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const parent = path.resolve(import.meta.dirname, '../../.cache/test-runs');

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** The pid of the postmaster on this data, unless another process bears it now. */
async function postmasterOf(data) {
  const pid = Number((await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  const command = pid > 1 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
  return command.includes(`\0${data}\0`) ? pid : undefined;
}

/** Stops the cluster of a run and removes its folder, also where that is only a link to the real one. */
export async function removeTestFolder(folder) {
  const link = path.join(folder, 'postgres');
  const cluster = await readlink(link).catch(() => link);
  const data = path.join(cluster, 'data');
  for (let tries = 0; tries < 100; tries += 1) {
    const pid = await postmasterOf(data);
    if (!pid) break;
    // Immediate: nothing in it is worth a checkpoint.
    process.kill(pid, tries < 50 ? 'SIGQUIT' : 'SIGKILL');
    await sleep(50);
  }
  await rm(cluster, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Makes the folder of this run, after removing what killed runs have left. */
export async function makeTestFolder() {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!isAlive(Number(name.split('-')[0]))) await removeTestFolder(path.join(parent, name));
  }
  return mkdtemp(path.join(parent, `${process.pid}-`));
}
