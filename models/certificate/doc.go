// Package certificate keeps skill passes, the versioned rule that decides them,
// and the completion certificates ("Giấy xác nhận hoàn thành") that five passes
// earn: issue, verify in public, revoke, reinstate.
//
// It knows persons, schools and attempts by id only, and nothing of courses,
// quizzes or households. Every fact carries a hash over its content and over
// the facts it rests on: pass → certificate → events.
package certificate

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"nhaso/models"
	"nhaso/models/store"
)

// Skills are the five basic digital skills in their fixed order.
var Skills = []string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"}

// Certificates answers questions about issued certificates.
type Certificates struct {
	db    *store.DB
	clock models.Clock

	outside *rsa.PrivateKey // signs badges instead of a key in the database; set once, before serving
}

// New makes the room on one database.
func New(db *store.DB) *Certificates { return &Certificates{db: db, clock: db.Clock()} }

// digest is the content address of a fact: SHA-256 over its JSON, whose field
// order is that of the struct.
func digest(fact any) string {
	b, err := json.Marshal(fact)
	if err != nil {
		panic(err) // only plain structs of strings and numbers come here
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// stamp is the one text form of an instant inside a digest.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
