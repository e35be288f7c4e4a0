package certificate

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Reissue gives the holder of a valid certificate a new version under a new
// code with the corrected name; nil without a valid one, or when the name is
// the same. The old version is taken back with the reason "replaced" and the
// new code, the new one names the old: both links stand under the hashes of
// their histories. The day of issue stays, and so does what households count:
// there is one valid certificate before and after. It may answer
// store.ErrRetry.
func Reissue(tx *gorm.DB, actor models.Actor, person models.ID, name string, now time.Time) (*Certificate, error) {
	old, err := Live(tx, person)
	if old == nil || err != nil {
		return nil, err
	}
	name = models.Clean(name)
	if name == old.HolderName {
		return nil, nil
	}
	rule, err := RuleByVersion(tx, old.RuleVersion)
	if err != nil {
		return nil, err
	}
	passes, err := Passes(tx, person)
	if err != nil {
		return nil, err
	}
	hashes, complete := passHashes(rule, passes)
	if !complete {
		return nil, models.Conflict("proof_broken")
	}
	c := *old
	c.ID, c.Code, c.HolderName, c.Hash = models.NewID(now), models.NewCode(codeLength), name, ""
	c.Hash = c.digest(hashes)
	err = store.One(tx.Exec("UPDATE certificates SET state = ?, live = NULL WHERE id = ? AND state = ?", Revoked, old.ID, Valid), store.ErrRetry)
	if err != nil {
		return nil, err
	}
	if err := record(tx, *old, "revoked", ReasonReplaced+": "+c.Code, actor, now); err != nil {
		return nil, err
	}
	err = tx.Exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_id, school_name, class_name,
		rule_version, issued_at, state, live, hash, replaces) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
		c.ID, c.Code, c.PersonID, c.HolderName, cut(models.Fold(c.HolderName), 160), c.SchoolID, c.SchoolName, c.ClassName,
		c.RuleVersion, c.IssuedAt, c.State, c.Hash, old.ID).Error
	if store.IsDuplicate(err) {
		return nil, store.ErrRetry
	}
	if err != nil {
		return nil, err
	}
	return &c, record(tx, c, "issued", ReasonReplaced+": "+old.Code, actor, now)
}

// StubNames writes stubs of all certificates of a person whose chain holds,
// before the names come off. The error is Conflict "proof_broken" when one does
// not: what is wrong must be looked at before anything of it is erased.
func StubNames(tx *gorm.DB, person, cause models.ID, now time.Time) error {
	proof, err := Prove(tx, person)
	if err != nil || proof == nil {
		return err
	}
	if !proof.Intact {
		return models.Conflict("proof_broken")
	}
	var all []Certificate
	if err := tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE c.person_id = ?", person).Scan(&all).Error; err != nil {
		return err
	}
	stubs := make([]Stub, len(all))
	for i, c := range all {
		stubs[i] = Stub{ID: c.ID, Kind: StubCertificate, PersonID: person, ProofHash: c.Hash}
	}
	_, err = WriteStubs(tx, stubs, cause, now)
	return err
}
