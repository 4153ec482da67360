-- The people who work with the book and what they keep there, papers, and the proofs of
-- what was posted. Rules of form as in 0001_book.sql.

-- Who may sign in. Each change is a row of `change`; passwords never stand in it.
CREATE TABLE app_user ( -- state
  tenant_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  login TEXT NOT NULL, -- short name, as the audit log shows it
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role = 'owner' OR role = 'credit_manager' OR role = 'controller' OR role = 'sales' OR role = 'legal' OR role = 'auditor'),
  password TEXT NOT NULL, -- argon2id in PHC form; '': cannot sign in
  active INTEGER NOT NULL CHECK (active IN (0,1)),
  cover_id INTEGER NOT NULL, -- 0, or the user who stands in
  cover_until DAY, -- last day of that
  sessions_from TEXT NOT NULL, -- instant: sessions that began before are ended
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX app_user_login ON app_user (tenant_id, login);

-- A signed-in browser. The token itself is known to the browser alone. The user 0 is whoever
-- sets the book up: its token makes the first owner, once.
CREATE TABLE session ( -- state
  tenant_id INTEGER NOT NULL,
  token_hash TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  began_at TEXT NOT NULL, -- instants of the world, not of the book
  seen_at TEXT NOT NULL, -- last use, to about a minute
  confirmed_at TEXT NOT NULL, -- last time that the password was given
  ends_at TEXT NOT NULL, -- however much it is used
  origin TEXT NOT NULL, -- browser and address, for the user to know it by
  PRIMARY KEY (tenant_id, token_hash)
) STRICT, WITHOUT ROWID;

-- Who looks after a customer on our side; no row: nobody in particular.
CREATE TABLE collector ( -- state
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collector_user ON collector (tenant_id, user_id, customer_id);

-- A list that somebody named to come back to it.
CREATE TABLE saved_filter ( -- state
  tenant_id INTEGER NOT NULL,
  filter_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL, -- 0: everybody's
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  PRIMARY KEY (tenant_id, filter_id)
) STRICT, WITHOUT ROWID;

-- A file about a customer: copy of an invoice, proof of delivery, what a note speaks of.
CREATE TABLE paper ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  paper_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  item_id INTEGER NOT NULL, -- 0: the account
  note_id INTEGER NOT NULL, -- 0, or the note it belongs to
  kind TEXT NOT NULL CHECK (kind = 'invoice' OR kind = 'delivery' OR kind = 'contract' OR kind = 'slip' OR kind = 'other'),
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL, -- of the bytes in the blob store
  size_bytes INTEGER NOT NULL,
  words_id INTEGER NOT NULL, -- its file name
  words_hash BLOB,
  PRIMARY KEY (tenant_id, customer_id, paper_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_removed ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  paper_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, paper_id)
) STRICT, WITHOUT ROWID;

-- Files that matched no document by number, until a person says what they are.
CREATE TABLE loose_paper ( -- state
  tenant_id INTEGER NOT NULL,
  loose_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  candidates TEXT NOT NULL, -- numbers found in name or text, a line each
  PRIMARY KEY (tenant_id, loose_id)
) STRICT, WITHOUT ROWID;

-- What is known of a posted letter beyond its dispatch (guardrail R7).
CREATE TABLE delivery ( -- fact
  tenant_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level = 'posted' OR level = 'tracked' OR level = 'slip' OR level = 'returned'),
  day DAY NOT NULL,
  sha256 TEXT NOT NULL, -- '' or the scan in the blob store
  words_id INTEGER NOT NULL, -- tracking number, who signed, why it came back
  words_hash BLOB,
  PRIMARY KEY (tenant_id, message_id, seq)
) STRICT, WITHOUT ROWID;

-- Letters that were printed together, to be confirmed as posted together.
CREATE TABLE print_batch ( -- state
  tenant_id INTEGER NOT NULL,
  batch_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  made_by TEXT NOT NULL,
  day DAY NOT NULL, -- the posting date that the letters bear
  sha256 TEXT NOT NULL, -- of the PDF in the blob store
  pages INTEGER NOT NULL,
  messages TEXT NOT NULL, -- ids, in the order of the PDF
  PRIMARY KEY (tenant_id, batch_id)
) STRICT, WITHOUT ROWID;

-- The words of a message as a user wrote them; the newest version is in force, an empty
-- one stands for the text that ships.
CREATE TABLE text_version ( -- fact
  tenant_id INTEGER NOT NULL,
  language TEXT NOT NULL,
  step TEXT NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, language, step, version)
) STRICT, WITHOUT ROWID;

-- A file that was given and not yet brought into the book: the steps of the import on screen.
CREATE TABLE import_draft ( -- state
  tenant_id INTEGER NOT NULL,
  draft_id INTEGER NOT NULL,
  creditor_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL, -- of the file
  sha256 TEXT NOT NULL, -- of its bytes in the blob store
  answers TEXT NOT NULL, -- JSON: mapping, answered questions, repaired cells
  PRIMARY KEY (tenant_id, draft_id)
) STRICT, WITHOUT ROWID;

-- Mails to our own people (weekly brief, a changed bank account): at least once, not evidence.
CREATE TABLE user_mail ( -- state
  tenant_id INTEGER NOT NULL,
  user_mail_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL, -- what it is about: one of a kind and subject is written once
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'sent' OR state = 'failed'),
  attempts INTEGER NOT NULL,
  not_before TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_mail_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_mail_once ON user_mail (tenant_id, user_id, kind, about);
CREATE INDEX user_mail_waiting ON user_mail (tenant_id, not_before) WHERE state = 'waiting';

-- Sent mails of which a copy is owed to the Sent folder.
CREATE TABLE sent_copy ( -- state
  tenant_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  not_before TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (tenant_id, message_id)
) STRICT, WITHOUT ROWID;

-- The debtor's page: what the link of a customer is made of beside the secret of the book. It
-- is made anew whenever it is needed and kept nowhere. No row: the first link, which lives by the
-- messages that name it.
CREATE TABLE portal_link ( -- state
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  generation INTEGER NOT NULL, -- raised to revoke the links before
  expires_day DAY, -- last day of a link that was given by hand; NULL: none was
  PRIMARY KEY (tenant_id, customer_id)
) STRICT, WITHOUT ROWID;

-- What came in, and every other entry that is no invoice, by day: covers the sums of reports.
CREATE INDEX entry_day ON entry (tenant_id, effective_day, kind, customer_id, entry_id, heads, amount_minor, currency) WHERE kind > 1;
-- What the gate stopped, by day and cause.
CREATE INDEX message_stopped ON message_event (tenant_id, day, reason, message_id, customer_id) WHERE event = 'stopped';
-- Open work other than calls, by deadline.
CREATE INDEX task_due ON task (tenant_id, due_day, task_id, customer_id) WHERE state = 'open' AND kind <> 'call';
-- What was changed about one customer, contact or creditor.
CREATE INDEX change_subject ON change (tenant_id, subject, subject_id, seq);
-- Notes with a day to look again.
CREATE INDEX note_next ON note (tenant_id, next_day, customer_id, note_id) WHERE next_day IS NOT NULL;
