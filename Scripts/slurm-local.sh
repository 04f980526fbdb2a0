#!/bin/bash
# A Slurm cluster on this machine, to try job arrays on: slurmctld and four nodes of two processors, with a key, ports and
# state of its own in FOLDER. Needs Debian's slurmctld, slurmd, slurm-client and munge; nothing of the system is changed.
#
#   Scripts/slurm-local.sh FOLDER COMMAND...    runs COMMAND with SLURM_CONF set, and stops the cluster when it ends
#
# Status 77 where a program is missing or the cluster does not come up, for tests that are then skipped.
set -euo pipefail
PATH=$PATH:/usr/sbin
for program in munged slurmctld slurmd sbatch; do
  command -v $program > /dev/null || { echo "no $program: install slurmctld slurmd slurm-client munge" >&2; exit 77; }
done
folder=$(realpath -m "$1")
shift
mkdir -p "$folder"/{state,munge,spool}
chmod 700 "$folder/munge"
user=$(id -un)
# Ports of this process, so that two clusters do not meet.
port=$((20000 + $$ % 20000))
nodes=4

dd if=/dev/urandom of="$folder/munge/key" bs=128 count=1 status=none
chmod 600 "$folder/munge/key"
cat > "$folder/slurm.conf" << EOF
ClusterName=local
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
InactiveLimit=0
KillWait=2
$(for node in $(seq $nodes); do
  echo "NodeName=node$node NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + node)) CPUs=2 State=UNKNOWN"
done)
PartitionName=all Nodes=node[1-$nodes] Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$folder/slurm.conf

processes=()
stop() {
  for process in "${processes[@]}"; do kill "$process" 2> /dev/null || true; done
  # A daemon that waits for another one that is gone would wait for long.
  for _ in $(seq 20); do jobs -r | grep -q . || break; sleep 0.1; done
  for process in "${processes[@]}"; do kill -9 "$process" 2> /dev/null || true; done
}
trap stop EXIT
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" > /dev/null 2>&1 &
processes+=($!)
for _ in $(seq 50); do [ -S "$folder/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -i > /dev/null 2>&1 &
processes+=($!)
for node in $(seq $nodes); do
  mkdir -p "$folder/spool/node$node"
  slurmd -D -N "node$node" > /dev/null 2>&1 &
  processes+=($!)
done
for _ in $(seq 150); do
  up=$(sinfo -h -t idle -o %D 2> /dev/null || true)
  [ "$up" = $nodes ] && break
  sleep 0.2
done
if [ "$(sinfo -h -t idle -o %D 2> /dev/null || true)" != $nodes ]; then
  echo "the cluster does not come up: see $folder/slurmctld.log" >&2
  exit 77
fi
"$@"
