package models

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// ID is a UUIDv7 (RFC 9562) kept in 16 bytes: BINARY(16) in MySQL, BLOB in
// SQLite, 36 characters in JSON. The program, or the phone that recorded a
// fact, makes it, so it is the idempotency key as well. The zero ID means
// "none" and is stored as NULL.
type ID [16]byte

var idGuard struct {
	sync.Mutex
	last  int64
	count uint16
}

// NewID makes a time-ordered identifier for the instant at. Within one process
// identifiers made in the same millisecond still ascend (12-bit counter), so
// that rows keep the order in which they were made. It never fails: the system
// source of randomness ends the program instead.
func NewID(at time.Time) ID {
	var id ID
	if _, err := rand.Read(id[:]); err != nil {
		panic(err) // crypto/rand documents that it does not return
	}
	ms, count := nextTick(at.UnixMilli())
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(ms)<<16)
	copy(id[:6], head[:6])
	id[6] = 0x70 | byte(count>>8)
	id[7] = byte(count)
	id[8] = 0x80 | id[8]&0x3f
	return id
}

// FirstID is the lowest identifier that may be made at an instant: what was made
// from then on is not below it.
func FirstID(at time.Time) ID {
	var id ID
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(at.UnixMilli())<<16)
	copy(id[:6], head[:6])
	return id
}

// nextTick answers a (millisecond, counter) pair greater than any before it.
func nextTick(ms int64) (int64, uint16) {
	idGuard.Lock()
	defer idGuard.Unlock()
	if ms > idGuard.last {
		idGuard.last, idGuard.count = ms, 0
		return ms, 0
	}
	idGuard.count++
	if idGuard.count > 0xfff {
		idGuard.last++
		idGuard.count = 0
	}
	return idGuard.last, idGuard.count
}

// ParseID reads the 36-character form. Any UUID version is accepted, because a
// client may have made it; the zero UUID is refused. The error is an Invalid
// Error with code "invalid_id".
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, Invalid("invalid_id")
	}
	compact := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(compact)); err != nil || id.IsZero() {
		return ID{}, Invalid("invalid_id")
	}
	return id, nil
}

// IsZero tells whether the identifier means "none".
func (id ID) IsZero() bool { return id == ID{} }

// String is the canonical 36-character lower-case form.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], id[10:16])
	return string(b[:])
}

// MarshalText writes the canonical form; the zero ID becomes an empty string.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return []byte{}, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads the canonical form; an empty string becomes the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Value hands the 16 bytes to the database, NULL for the zero ID.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads 16 bytes or NULL from the database.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
	case string:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
	}
	return fmt.Errorf("scan id: unexpected %T", src)
}

// GormDataType names the column type for GORM's schema parser.
func (ID) GormDataType() string { return "binary(16)" }
