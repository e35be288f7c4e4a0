// Package people owns persons and their enrolments, the accounts they sign in
// with, what each account may do, and every secret: passwords, refresh tokens,
// second factors, signing keys. It reads school rosters.
//
// It knows schools and classes (room place) by their ids and nothing of skills,
// certificates or households. It keeps no ethnicity, health or identity-card
// data, no e-mail and no telephone, even when a roster brings them.
//
//	person.go    persons            secret.go   password hashing and policy
//	enrol.go     enrolments         signin.go   sign-in, with throttle.go
//	account.go   accounts           session.go  refresh tokens, sign-out
//	manage.go    roles, resets      factor.go   second factor
//	students.go  a class's sign-ins keys.go     signing keys
//	username.go  names to sign in   actor.go    account → models.Actor
//	roster*.go   roster import
package people
