package postgres

// Address is the address that the book was opened with.
func (db *DB) Address() string { return db.dsn }
