# Sourced by the scripts here: where the sources and the images of the machine are.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
images=${FQ_NFS_DIR:-${TMPDIR:-/tmp}/fq-nfs}
share=$images/share
mkdir -p "$images/debs" "$images/run" "$share/in" "$share/out"
