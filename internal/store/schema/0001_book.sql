-- The book: who owes whom, every fact about it, and what was decided and sent.
--
-- Form of what rows hold: 2. It is raised when the stored form of figures, decisions,
-- digests or evidence changes before the first release; then this text, and with it the
-- digest that a book remembers, is another, and books of earlier builds are refused.
--
-- One text for both engines; the PostgreSQL form is derived from it. Marks read by
-- the deriver and by the audit:
--   "-- fact"      after CREATE TABLE: append-only, its rows enter the digest of their command
--   "-- cache"     rebuilt from facts; `doctor --deep` proves it equal to the replay
--   "-- unhashed"  after a column: may change or be erased without touching the chain
-- Of the tables that have a row for every document, columns stand by size, as PostgreSQL
-- pads them, and words are numbers.
-- Lists of words in a CHECK are written with OR: for IN (…) of more than two values the
-- SQLite engine builds a table for every row it inserts.
-- A DAY counts from 1970-01-01; SQLite keeps it as INTEGER, date(x * 86400, 'unixepoch')
-- shows it. Instants are RFC 3339 in UTC with milliseconds, booleans 0/1.
-- Every fact has seq: the number of the command that recorded it.

-- People apart: names and addresses live here and nowhere in a fact.
CREATE TABLE party ( -- state
  tenant_id INTEGER NOT NULL,
  party_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_norm TEXT NOT NULL,
  register_no TEXT NOT NULL DEFAULT '',
  vat_id TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '', -- lines, separated by newlines
  PRIMARY KEY (tenant_id, party_id)
) STRICT, WITHOUT ROWID;

-- Free text of a fact (a note, a hold's reason, a payment's reference). The fact keeps
-- the salted hash, so erasing the words leaves the chain whole.
CREATE TABLE words ( -- state
  tenant_id INTEGER NOT NULL,
  words_id INTEGER NOT NULL,
  salt BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, words_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE creditor ( -- state
  tenant_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  code TEXT NOT NULL,
  party_id INTEGER NOT NULL,
  country TEXT NOT NULL,
  subdivision TEXT NOT NULL DEFAULT '',
  currency TEXT NOT NULL,
  PRIMARY KEY (tenant_id, creditor_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX creditor_code ON creditor (tenant_id, code);

-- The debtor account. Flags and choices of people; each change is a row of `change`.
CREATE TABLE customer ( -- state
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  party_id INTEGER NOT NULL,
  number TEXT NOT NULL,
  number_norm TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'company' OR kind = 'individual' OR kind = 'public_body' OR kind = 'consumer' OR kind = 'unknown'),
  kind_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (kind_confirmed IN (0,1)),
  country TEXT NOT NULL,
  subdivision TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL,
  strategy TEXT NOT NULL DEFAULT '', -- chosen by hand; '' = the first that fits
  flags TEXT NOT NULL DEFAULT '', -- sorted words: gentle key_account intercompany portal po_required top_ten
  account_owner TEXT NOT NULL DEFAULT '',
  since_day DAY,
  law TEXT NOT NULL DEFAULT '', -- law of the contract, chosen by hand
  goods TEXT NOT NULL DEFAULT 'unknown' CHECK (goods = 'yes' OR goods = 'no' OR goods = 'unknown'),
  contract_rate TEXT NOT NULL DEFAULT '', -- percent a year in signed terms on file
  date_agreed TEXT NOT NULL DEFAULT 'unknown' CHECK (date_agreed = 'yes' OR date_agreed = 'no' OR date_agreed = 'unknown'),
  mode TEXT NOT NULL DEFAULT '' CHECK (mode = '' OR mode = 'observe' OR mode = 'ask_first'),
  PRIMARY KEY (tenant_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX customer_number ON customer (tenant_id, creditor_id, number_norm);

CREATE TABLE contact ( -- state
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role = 'accounts_payable' OR role = 'approver' OR role = 'finance_lead' OR role = 'general' OR role = 'orderer' OR role = 'director' OR role = 'legal_notice'),
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'ok' CHECK (state = 'ok' OR state = 'bounced' OR state = 'complained' OR state = 'removed'),
  source TEXT NOT NULL DEFAULT '' CHECK (source = '' OR source = 'documents' OR source = 'customers' OR source = 'contacts'), -- files that look after it; '': a person does
  PRIMARY KEY (tenant_id, customer_id, contact_id)
) STRICT, WITHOUT ROWID;

-- Standing of an account: the lock, the change feed and what the daily run needs of closed history.
CREATE TABLE account ( -- cache, rewritten
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  version INTEGER NOT NULL, -- rises
  next_look_on DAY NOT NULL,
  decided_version INTEGER NOT NULL DEFAULT 0,
  decided_inputs INTEGER NOT NULL DEFAULT 0,
  decided_hash INTEGER NOT NULL DEFAULT 0, -- of the stored decision's payload
  payment_days TEXT NOT NULL DEFAULT '', -- up to 24 latest settled items: settled day and days late
  documents INTEGER NOT NULL DEFAULT 0, -- invoices ever recorded
  billed_minor INTEGER NOT NULL DEFAULT 0, -- their amounts, of all currencies: no year's sales are more
  oldest_due DAY, -- of what was open when it was last decided; NULL: nothing with a due date
  PRIMARY KEY (tenant_id, customer_id)
) STRICT, WITHOUT ROWID;

-- The open item: one amount due on one day. amount and open are caches of entries and allocations.
CREATE TABLE item ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL, -- unhashed
  open_minor INTEGER NOT NULL, -- unhashed
  recorded_day DAY NOT NULL,
  first_due_date DAY,
  due_date DAY, -- unhashed
  invoice_date DAY, -- unhashed
  reported_day DAY, -- unhashed
  settled_day DAY, -- unhashed
  document_kind SMALL NOT NULL CHECK (document_kind = 1 OR document_kind = 2), -- 1 invoice, 2 credit note
  instalment SMALL NOT NULL,
  date_agreed SMALL NOT NULL CHECK (date_agreed BETWEEN 0 AND 2), -- unhashed; 0 unknown, 1 yes, 2 no
  cycle SMALL NOT NULL, -- unhashed
  reported_level SMALL NOT NULL, -- unhashed
  currency TEXT NOT NULL,
  number TEXT NOT NULL,
  number_norm TEXT NOT NULL, -- unhashed
  po TEXT NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, customer_id, item_id)
) STRICT, WITHOUT ROWID;
-- The number before the tenant: where it differs, as it does, the engine need not compare the rest.
CREATE UNIQUE INDEX item_number ON item (number_norm, tenant_id, creditor_id, instalment, document_kind);
-- Covers all that the daily run and the aging read of open items, so that closed history is not touched.
CREATE INDEX item_open ON item (tenant_id, customer_id, item_id, currency, due_date, open_minor, amount_minor, cycle, invoice_date, recorded_day, date_agreed, reported_level, reported_day, creditor_id) WHERE open_minor > 0;

-- An amount of one currency moved between two heads of one account.
CREATE TABLE entry ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL, -- 0: the account, not one item
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  corrects INTEGER NOT NULL, -- 0, or the entry this one reverses
  seq INTEGER NOT NULL,
  words_id INTEGER NOT NULL,
  effective_day DAY NOT NULL,
  heads SMALL NOT NULL, -- 100 * from + to: 1 principal, 2 interest, 3 compensation, 4 fee, 5 cost,
  -- 6 unapplied, 7 sales, 8 cash, 9 bookkeeping, 10 written off, 11 claimed, 12 waived
  kind SMALL NOT NULL CHECK (kind BETWEEN 1 AND 9), -- 1 invoice, 2 credit note, 3 payment, 4 settled by list,
  -- 5 adjustment, 6 write-off, 7 refund, 8 claim, 9 waiver
  currency TEXT NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, customer_id, entry_id)
) STRICT, WITHOUT ROWID;

-- Money or credit of one entry set against one item. Its day is the value day of the money.
CREATE TABLE allocation ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  allocation_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL, -- negative: taken back
  corrects INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  effective_day DAY NOT NULL,
  head SMALL NOT NULL, -- a head of claim: 1 to 5, as in entry
  PRIMARY KEY (tenant_id, customer_id, allocation_id)
) STRICT, WITHOUT ROWID;

-- Money and credits not yet set against an item.
CREATE TABLE credit ( -- cache
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  open_minor INTEGER NOT NULL CHECK (open_minor > 0),
  effective_day DAY NOT NULL,
  kind SMALL NOT NULL, -- as in entry
  currency TEXT NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, entry_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE due_change ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  due_date DAY,
  cause TEXT NOT NULL CHECK (cause IN ('correction','agreed')),
  PRIMARY KEY (tenant_id, customer_id, item_id, seq)
) STRICT, WITHOUT ROWID;

-- A new cycle frees the keys of the next step; the position stays.
CREATE TABLE cycle ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  effective_day DAY NOT NULL,
  cause TEXT NOT NULL CHECK (cause = 'reopened' OR cause = 'agreement_broken' OR cause = 'interrupted' OR cause = 'voided'),
  PRIMARY KEY (tenant_id, customer_id, item_id, cycle)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  hold_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  item_id INTEGER NOT NULL, -- 0: the whole account
  kind TEXT NOT NULL CHECK (kind = 'dispute' OR kind = 'promise' OR kind = 'deferral' OR kind = 'plan' OR kind = 'placed' OR kind = 'court' OR kind = 'insolvency' OR kind = 'moratorium' OR kind = 'pause' OR kind = 'unread_reply' OR kind = 'already_paid' OR kind = 'pending_payment' OR kind = 'undelivered' OR kind = 'review'),
  currency TEXT NOT NULL, -- '' with amount 0
  amount_minor INTEGER NOT NULL, -- 0: all that is open
  from_day DAY NOT NULL,
  until_day DAY, -- last day it holds; NULL: until ended
  words_id INTEGER NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, customer_id, hold_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold_end ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  hold_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  end_day DAY NOT NULL, -- first day it no longer holds
  outcome TEXT NOT NULL,
  words_id INTEGER NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, customer_id, hold_id)
) STRICT, WITHOUT ROWID;

-- What a person wrote down or heard: note, reason for late payment, contact by phone.
CREATE TABLE note ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  note_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'note' OR kind = 'late_reason' OR kind = 'call'),
  class TEXT NOT NULL CHECK (class = 'fact' OR class = 'opinion' OR class = 'privileged'),
  code TEXT NOT NULL, -- late_reason: the cause; call: the outcome
  day DAY NOT NULL,
  next_day DAY,
  words_id INTEGER NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, customer_id, note_id)
) STRICT, WITHOUT ROWID;

-- This item is told this step once a cycle and channel: the first key that protects the debtor.
-- A notice of a message that is no longer live, or of a task that was
-- cancelled and not overtaken by a later step, is void.
CREATE TABLE notice ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  channel TEXT NOT NULL,
  seq INTEGER NOT NULL,
  message_id INTEGER NOT NULL, -- 0 for a task
  task_id INTEGER NOT NULL, -- 0 for a message
  PRIMARY KEY (tenant_id, customer_id, item_id, cycle, step, channel)
) STRICT, WITHOUT ROWID;

-- What goes out to whom on a day. live = 0 once voided, expired or rejected.
CREATE TABLE message ( -- fact
  tenant_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  day DAY NOT NULL,
  lead_step TEXT NOT NULL,
  key_step TEXT NOT NULL, -- '' for a demand: one a day, whatever its step; of a correction with the message it takes back; else lead_step
  stage INTEGER NOT NULL,
  demand INTEGER NOT NULL CHECK (demand IN (0,1)),
  strategy TEXT NOT NULL,
  strategy_version INTEGER NOT NULL,
  role TEXT NOT NULL,
  channel TEXT NOT NULL,
  contact_id INTEGER NOT NULL,
  level TEXT NOT NULL,
  approval TEXT NOT NULL,
  pay_by DAY,
  total_minor INTEGER NOT NULL,
  compensation_minor INTEGER NOT NULL, -- fixed compensation that it offers or claims
  account_version INTEGER NOT NULL, -- what it was decided by: the account's facts
  inputs_version INTEGER NOT NULL, -- and the settings, strategies and tables
  figures BLOB NOT NULL, -- what it states, per item; the bytes an approval binds
  corrects_id INTEGER NOT NULL, -- 0, or the message that it takes back
  live INTEGER NOT NULL CHECK (live IN (0,1)), -- unhashed
  state TEXT NOT NULL, -- unhashed
  reason TEXT NOT NULL, -- unhashed
  words_id INTEGER NOT NULL, -- unhashed
  approved_by TEXT NOT NULL, -- unhashed
  approved_seq INTEGER NOT NULL, -- unhashed
  outbox_no INTEGER NOT NULL, -- unhashed
  attempts INTEGER NOT NULL, -- unhashed
  not_before TEXT, -- unhashed
  sent_at TEXT, -- unhashed
  served_day DAY, -- unhashed
  answer TEXT NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, message_id)
) STRICT;
-- The second key that protects the debtor: a message once a day, and of all demands only one.
CREATE UNIQUE INDEX message_once ON message (tenant_id, customer_id, currency, day, role, channel, key_step) WHERE live = 1;
-- What explain tells of a customer beside the messages that stand.
CREATE INDEX message_ended ON message (tenant_id, customer_id, message_id) WHERE live = 0;
-- What was sent and then taken back counts as a contact.
CREATE INDEX message_taken_back ON message (tenant_id, customer_id, message_id) WHERE live = 0 AND sent_at IS NOT NULL;
-- Of all states: SQLite takes a partial index only for the very list of states in its condition.
-- The last three are there so that the lists of messages are counted and filtered from it alone.
CREATE INDEX message_outbox ON message (tenant_id, state, day, message_id, creditor_id, channel, lead_step);

-- What became of a message after it was planned, in order of time; kept for ever.
CREATE TABLE message_event ( -- fact
  tenant_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  day DAY NOT NULL,
  event TEXT NOT NULL,
  reason TEXT NOT NULL,
  words_id INTEGER NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, message_id, seq, event)
) STRICT, WITHOUT ROWID;

-- The exact bytes that were handed over, compressed, written in the same commit as the mark.
CREATE TABLE evidence ( -- state
  tenant_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  body BLOB NOT NULL, -- packed
  recipient TEXT NOT NULL,
  renderer TEXT NOT NULL,
  handed_over_at TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (tenant_id, message_id, attempt)
) STRICT;

-- Work for a person: calls, decisions and questions of the ladder, and what else needs one.
CREATE TABLE task ( -- fact
  tenant_id INTEGER NOT NULL,
  task_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL, -- '' when no step of a ladder
  currency TEXT NOT NULL,
  due_day DAY NOT NULL,
  role TEXT NOT NULL,
  reason TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state = 'open' OR state = 'done' OR state = 'cancelled'), -- unhashed
  done_day DAY, -- unhashed
  outcome TEXT NOT NULL, -- unhashed
  done_seq INTEGER NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, task_id)
) STRICT;
CREATE UNIQUE INDEX task_open ON task (tenant_id, customer_id, kind, step, currency) WHERE state = 'open';
CREATE INDEX task_customer ON task (tenant_id, customer_id, task_id);

-- Cash is known up to a day: by a list, a bank statement or a named person.
CREATE TABLE cash_known ( -- fact
  tenant_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  day DAY NOT NULL,
  source TEXT NOT NULL CHECK (source = 'list' OR source = 'person' OR source = 'bank'),
  PRIMARY KEY (tenant_id, creditor_id, seq)
) STRICT, WITHOUT ROWID;

-- A change of a customer, item, creditor, contact, setting or strategy: who is in txn; the value in words.
CREATE TABLE change ( -- fact
  tenant_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  line INTEGER NOT NULL,
  subject TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  field TEXT NOT NULL,
  words_id INTEGER NOT NULL,
  words_hash BLOB,
  PRIMARY KEY (tenant_id, seq, line)
) STRICT, WITHOUT ROWID;

-- The decision in force from a day on; stored when it changes.
CREATE TABLE decision ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  valid_from_day DAY NOT NULL,
  seq INTEGER NOT NULL,
  account_version INTEGER NOT NULL,
  inputs_version INTEGER NOT NULL,
  strategy TEXT NOT NULL,
  law TEXT NOT NULL,
  build TEXT NOT NULL,
  next_look_on DAY NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, valid_from_day, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE run ( -- state
  tenant_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  day DAY NOT NULL,
  state TEXT NOT NULL CHECK (state = 'running' OR state = 'released' OR state = 'braked' OR state = 'voided'),
  actor TEXT NOT NULL,
  started_at TEXT NOT NULL,
  queued INTEGER NOT NULL,
  brake_limit INTEGER NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (tenant_id, run_id)
) STRICT, WITHOUT ROWID;

-- Current values; the history is in `change`.
CREATE TABLE setting ( -- state
  tenant_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL, -- 0: the whole tenant
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, creditor_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE strategy_version ( -- fact
  tenant_id INTEGER NOT NULL,
  strategy TEXT NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, strategy, version)
) STRICT, WITHOUT ROWID;

-- A column mapping that a person has confirmed or an import has used, by the header it fits.
CREATE TABLE import_layout ( -- state
  tenant_id INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  name TEXT NOT NULL,
  layout TEXT NOT NULL,
  PRIMARY KEY (tenant_id, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE import ( -- fact
  tenant_id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  as_of_day DAY,
  complete INTEGER NOT NULL CHECK (complete IN (0,1)),
  file_sha256 TEXT NOT NULL,
  rows INTEGER NOT NULL,
  report TEXT NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, import_id)
) STRICT, WITHOUT ROWID;
