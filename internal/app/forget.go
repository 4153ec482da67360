package app

// Forget drops what the use cases remember of the book between two requests. It is for who
// has written the book's file anew while it was open, as the demo does on its way back:
// the numbers of commands, by which everything remembered is known to be current, begin
// again then.
func (a *App) Forget() {
	a.seen.mu.Lock()
	a.seen.newest = nil
	a.seen.mu.Unlock()
	a.words.mu.Lock()
	a.words.newest = nil
	a.words.mu.Unlock()
	a.sessions.clear()
}
