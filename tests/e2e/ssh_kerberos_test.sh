#!/usr/bin/env bash
# A login by Kerberos: no key, but a ticket of a KDC on loopback. Without a ticket the login is refused, in plain words.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
export PATH="$PATH:/usr/sbin"
for program in krb5kdc kdb5_util kadmin.local kinit; do
  command -v $program >/dev/null || skip "there is no $program: install krb5-kdc, krb5-admin-server and krb5-user"
done
ssh -G -o GSSAPIAuthentication=yes x 2>/dev/null | grep -qi '^gssapiauthentication yes' || skip "this ssh knows no GSSAPI"
realm=$work/realm
mkdir "$realm"
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$realm/krb5.conf" <<C
[libdefaults]
  default_realm = MLPIPE.TEST
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  default_keytab_name = FILE:$realm/keytab
[realms]
  MLPIPE.TEST = {
    kdc = 127.0.0.1:$port
  }
C
cat >"$realm/kdc.conf" <<C
[kdcdefaults]
  kdc_listen = 127.0.0.1:$port
  kdc_tcp_listen = 127.0.0.1:$port
[realms]
  MLPIPE.TEST = {
    database_name = $realm/principal
    key_stash_file = $realm/stash
    acl_file = $realm/acl
  }
[logging]
  kdc = FILE:$realm/kdc.log
C
export KRB5_CONFIG=$realm/krb5.conf KRB5_KDC_PROFILE=$realm/kdc.conf KRB5CCNAME=FILE:$realm/tickets KRB5RCACHENAME=none:
kdb5_util create -s -P master -r MLPIPE.TEST >/dev/null
me=$(id -un)
kadmin.local -q "addprinc -pw secret $me" >/dev/null 2>&1
kadmin.local -q "addprinc -randkey host/localhost" >/dev/null 2>&1
kadmin.local -q "ktadd -k $realm/keytab host/localhost" >/dev/null 2>&1
krb5kdc -n >/dev/null 2>&1 &
background+=("$!")

start_hosts a
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
printf '%s\n' "GSSAPIAuthentication yes" "GSSAPIStrictAcceptorCheck no" "PubkeyAuthentication no" >"$hosts/a.extra"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
rm "$hosts/user_key"
sed -i 's/HostName 127.0.0.1/HostName localhost\n  AddressFamily inet/; s/IdentityFile .*/GSSAPIAuthentication yes\n  PubkeyAuthentication no/; s/IdentitiesOnly yes/GSSAPIDelegateCredentials no/' "$hosts/ssh_config"
sed -i 's/127\.0\.0\.1/localhost/' "$hosts/known_hosts"
cat >p.yaml <<'Y'
parameters: {word: none}
steps:
  there:
    compute_target: a
    command: 'echo ${{parameters.word}} >${{outputs.o}}'
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=nobody
expect_err "it refused the login"
expect_err "kinit"
has_ticket() { echo secret | kinit "$me" >kinit.out 2>&1; }
wait_until 20 has_ticket
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=somebody
expect_file result somebody
expect_code 0 timeout -k 2 60 "$MLPIPE" compute test a
kdestroy
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=again
expect_err "it refused the login"
