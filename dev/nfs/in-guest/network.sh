# The server, in the machine's own namespaces, and two clients, each in namespaces of its own.
set -ex
mkdir -p /srv/nfs /mnt/{a,b,a3,b3} /var/lib/nfs/{sm,sm.bak,v4recovery,nfsdcld,rpc_pipefs}
mount /dev/ubdb /srv/nfs
chmod 777 /srv/nfs
for module in nfsd lockd nfs nfsv3 nfsv4 veth; do modprobe $module; done
mount -t nfsd nfsd /proc/fs/nfsd
mkdir -p /run/rpc_pipefs
mount -t rpc_pipefs rpc_pipefs /run/rpc_pipefs
rpcbind -w
rpc.statd
nfsdcld
echo '/srv/nfs *(rw,sync,no_subtree_check,no_root_squash,fsid=1,insecure)' > /etc/exports
exportfs -ra
# A short time of grace after a restart, so that checks need not wait for 90 s.
rpc.nfsd -L 15 -G 15 8
rpc.mountd

for client in a:1 b:2; do
  name=${client%:*} number=${client#*:}
  unshare -n -u -m --propagation private sleep infinity &
  pid=$!
  echo $pid > /run/client.$name.pid
  sleep 0.5
  ip link add v$name type veth peer name eth0 netns $pid
  ip addr add 10.77.$number.1/24 dev v$name
  ip link set v$name up
  nsenter -t $pid -n -u -m bash -exc "
    hostname client$name
    ip link set lo up
    ip addr add 10.77.$number.2/24 dev eth0
    ip link set eth0 up
    mount -t tmpfs tmpfs /run
    mkdir -p /run/rpcbind /run/rpc_pipefs
    mount -t tmpfs tmpfs /var/lib/nfs
    mkdir -p /var/lib/nfs/sm /var/lib/nfs/sm.bak
    chown -R statd /var/lib/nfs
    mount -t rpc_pipefs rpc_pipefs /run/rpc_pipefs
    rpcbind -w
    rpc.statd
    mount -t nfs -o vers=4.2,proto=tcp 10.77.$number.1:/srv/nfs /mnt/$name
    mount -t nfs -o vers=3,proto=tcp,mountproto=tcp 10.77.$number.1:/srv/nfs /mnt/${name}3
    grep nfs /proc/mounts"
done
