#!/bin/sh
# Installs what the tests need and the machine lacks: the PostgreSQL server programs.
# As root it installs Debian's package; otherwise it prints the one command and stops.
set -eu

have_postgres() {
	command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

if have_postgres; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing PostgreSQL for the tests…"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
	have_postgres && exit 0
fi
echo "The tests need the PostgreSQL server programs. Install them with:" >&2
echo "    sudo apt-get install postgresql" >&2
exit 1
