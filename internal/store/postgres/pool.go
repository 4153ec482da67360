package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/store"
)

// pool keeps connections. A connection is used by one transaction at a time and
// thrown away when anything about it is in doubt.
type pool struct {
	config *pgconn.Config
	places chan struct{} // one for each connection that may exist
	mu     sync.Mutex
	idle   []*conn // the last used is used first
	closed bool
}

// connMaxAge bounds the life of a connection, so that servers behind a name can change.
const connMaxAge = 30 * time.Minute

var errClosed = &store.Error{Kind: store.ErrUnavailable, Op: "the book is closed"}

func newPool(dsn string, size int) (*pool, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, &store.Error{Kind: store.ErrInvalid, Op: "address of the book", Err: err}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	set := func(name, value string) {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	set("application_name", "recoup")
	set("client_encoding", "UTF8")
	set("idle_in_transaction_session_timeout", "300000")
	// A first import builds its indexes at the end, from rows that are in order already or
	// fit into this memory: sorting in parts and by several workers takes half as much again.
	set("maintenance_work_mem", "256MB")
	set("max_parallel_maintenance_workers", "0")
	return &pool{config: config, places: make(chan struct{}, size)}, nil
}

// get takes an idle connection or makes one.
func (p *pool) get(ctx context.Context) (*conn, error) {
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			<-p.places
			return nil, errClosed
		}
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			break
		}
		cn := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		if !cn.pg.IsClosed() && time.Since(cn.made) < connMaxAge {
			return cn, nil
		}
		cn.close()
	}
	cn, err := p.connect(ctx)
	if err != nil {
		<-p.places
		return nil, err
	}
	return cn, nil
}

func (p *pool) connect(ctx context.Context) (*conn, error) {
	pg, err := pgconn.ConnectConfig(ctx, p.config)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, translate("connect", err)
	}
	return &conn{pg: pg, stmts: map[string]*stmt{}, made: time.Now(), spare: map[string][]column{}}, nil
}

// put gives a connection back; one in doubt is closed.
func (p *pool) put(cn *conn) {
	const idleOutside = 'I'
	defer func() { <-p.places }()
	lost := cn.pg.IsClosed()
	if lost || cn.broken || cn.pg.TxStatus() != idleOutside {
		cn.close()
		if lost { // the server may be gone for the idle ones too
			p.closeIdle()
		}
		return
	}
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.idle = append(p.idle, cn)
	}
	p.mu.Unlock()
	if closed {
		cn.close()
	}
}

func (p *pool) closeIdle() (all error) {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, cn := range idle {
		all = errors.Join(all, cn.close())
	}
	return all
}

// close waits for connections in use and closes all.
func (p *pool) close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.mu.Unlock()
	for range cap(p.places) {
		p.places <- struct{}{}
	}
	all := p.closeIdle()
	for range cap(p.places) {
		<-p.places
	}
	return all
}
