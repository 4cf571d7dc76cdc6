#!/bin/bash
# The first process of the machine: mounts, and then runs each script that appears in /host/in.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2> /dev/null
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/rpcbind /run/sendsigs.omit.d
mount -o remount,rw /
mount -t hostfs none /host -o "$(sed 's/.*hostshare=\([^ ]*\).*/\1/' /proc/cmdline)"
hostname nfsserver
ip link set lo up
echo "Linux $(uname -r), up after $(cut -d' ' -f1 /proc/uptime) s" > /host/out/boot.txt

while :; do
  for script in /host/in/*.sh; do
    [ -e "$script" ] || continue
    name=$(basename "$script" .sh)
    cp "$script" "/tmp/$name.sh"
    rm -f "$script"
    (
      bash "/tmp/$name.sh" > "/tmp/$name.out" 2>&1
      rc=$?
      cp "/tmp/$name.out" "/host/out/$name.out"
      echo $rc > "/host/out/$name.rc"
    ) &
  done
  sleep 0.2
done
