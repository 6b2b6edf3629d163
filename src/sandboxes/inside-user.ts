/** The user `nobody`, whom nearly every system knows by this number: programs that ask for the name of their user get one. */
const nobody = 65534

/**
 * As whom commands run inside of a sandbox. Root is nobody there: agents refuse to work without questions as root, and what
 * they make belongs to root outside all the same. Everybody else stays who they are.
 */
export function insideUser(): { uid: number; gid: number } {
  const uid = process.getuid?.() ?? nobody
  return uid === 0 ? { uid: nobody, gid: nobody } : { uid, gid: process.getgid?.() ?? nobody }
}
