#!/bin/sh
# Installs what the tests need and the machine lacks: the PostgreSQL server programs, a
# headless Chromium, tools that look into PDFs, a spreadsheet, and axe-core for the accessibility tests.
# As root it installs Debian's packages; otherwise it prints the one command and stops.
set -eu

AXE=4.14.1

have_postgres() {
	command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
have() { command -v "$1" >/dev/null 2>&1; }

missing=""
have_postgres || missing="$missing postgresql"
have chromium || have chromium-browser || have google-chrome || missing="$missing chromium"
have pdftotext || missing="$missing poppler-utils"
have qpdf || missing="$missing qpdf"
have ssconvert || missing="$missing gnumeric"
have npm || missing="$missing npm"

if [ -n "$missing" ]; then
	if [ "$(id -u)" = 0 ] && have apt-get; then
		echo "installing for the tests:$missing…"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
	else
		echo "The tests need these programs. Install them with:" >&2
		echo "    sudo apt-get install$missing" >&2
		exit 1
	fi
fi
have_postgres || { echo "the PostgreSQL server programs are still missing" >&2; exit 1; }

if ! grep -q "\"version\": \"$AXE\"" node_modules/axe-core/package.json 2>/dev/null; then
	echo "installing axe-core for the tests…"
	npm install --silent --no-save --no-package-lock --no-audit --no-fund "axe-core@$AXE" >/dev/null
fi
