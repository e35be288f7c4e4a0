package place

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The kinds of village. khu_pho stands for tổ dân phố as well.
const (
	KindThon   = "thon"
	KindBan    = "ban"
	KindKhuPho = "khu_pho"
)

// villageKinds are the words in front of a village's name.
var villageKinds = []struct{ prefix, kind string }{
	{"tổ dân phố", KindKhuPho}, {"tdp", KindKhuPho}, {"khu phố", KindKhuPho}, {"kp", KindKhuPho}, {"khu", KindKhuPho},
	{"thôn", KindThon}, {"xóm", KindThon}, {"bản", KindBan},
}

// SplitVillageName cuts the kind off a village's name: "Thôn Khe Vằn" →
// "thon", "Khe Vằn". The kind is "" when the name has none in front. A kind may
// be written without marks, but not with others: "Bàn Cờ" is a name.
func SplitVillageName(s string) (kind, name string) {
	s = models.Clean(s)
	words := strings.Fields(s)
	for _, k := range villageKinds {
		n := len(strings.Fields(k.prefix))
		if len(words) <= n {
			continue
		}
		if front := strings.ToLower(strings.Join(words[:n], " ")); front == k.prefix || front == models.Fold(k.prefix) {
			return k.kind, strings.Join(words[n:], " ")
		}
	}
	return "", s
}

// VillageTitle is a village's name as it is said, with its kind in front:
// "Khu phố 3", "Thôn Khe Vằn". Many have only a number for a name.
func VillageTitle(kind, name string) string {
	switch kind {
	case KindThon:
		return "Thôn " + name
	case KindBan:
		return "Bản " + name
	case KindKhuPho:
		return "Khu phố " + name
	}
	return name
}

// ParseVillageKind reads a kind as files write it ("Thôn", "khu phố", "thon").
// The error is an Invalid Error with code "invalid_village_kind".
func ParseVillageKind(s string) (string, error) {
	folded := strings.ReplaceAll(models.Fold(s), "_", " ")
	for _, k := range villageKinds {
		if folded == models.Fold(k.prefix) {
			return k.kind, nil
		}
	}
	return "", models.Invalid("invalid_village_kind")
}

// NewVillage is a village to be made. Kind may be empty when the name begins
// with it. ValidFrom defaults to today. Code is made when it is empty. NowIn is
// the code of the commune it belongs to now: needed only when the people of its
// first commune were divided since.
type NewVillage struct {
	CommuneCode string
	Kind        string
	Name        string
	ValidFrom   string
	Code        string
	NowIn       string
}

// CreateVillage makes a village. It belongs to the commune that has the code on
// ValidFrom, and from each reform on to the one that took over all its people.
// Errors: KindNotFound for a commune absent or out of the actor's areas;
// KindInvalid naming kind, name, code or valid_from ("commune_split" when the
// people of the commune were divided since); KindConflict "duplicate_village"
// when the commune has one of that name and kind, "duplicate_code".
func (p *Places) CreateVillage(ctx context.Context, actor models.Actor, n NewVillage) (v Village, err error) {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return Village{}, err
	}
	if n.ValidFrom == "" {
		n.ValidFrom = p.today()
	}
	w := &villageWriter{now: p.db.Clock().Now(), reach: reach}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		w.tx = tx
		if err := lockVillages(tx); err != nil {
			return err
		}
		commune, err := AreaByCodeTx(tx, n.CommuneCode, n.ValidFrom)
		if err != nil {
			return err
		}
		v, err = w.create(commune, n)
		return err
	})
	return v, err
}

// villageWriter holds one transaction that makes villages.
type villageWriter struct {
	tx    *gorm.DB
	now   time.Time
	reach models.Reach
}

// create makes one village in a commune.
func (w *villageWriter) create(commune Area, n NewVillage) (Village, error) {
	v, err := n.check(w.now)
	if err != nil {
		return Village{}, err
	}
	chain, err := w.chain(commune, v.ValidFrom, n.NowIn)
	if err != nil {
		return Village{}, err
	}
	last := chain[len(chain)-1]
	in, err := AreaInReach(w.tx, w.reach, last.ID)
	if err != nil {
		return Village{}, err
	}
	if !in {
		return Village{}, models.NotFound()
	}
	if err := w.free(last.ID, v, models.ID{}); err != nil {
		return Village{}, err
	}
	v.ID, v.CommuneID, v.CommuneCode, v.CommuneName = models.NewID(w.now), last.ID, last.Code, last.Name
	given := v.Code != ""
	if !given {
		v.Code = newVillageCode()
	}
	err = w.tx.Exec(`INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, merged_into, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)`, v.ID, v.Code, v.Kind, v.Name, models.Fold(v.Name), v.ValidFrom, v.ValidTo, w.now).Error
	if store.IsDuplicate(err) && given {
		return Village{}, models.Conflict("duplicate_code")
	}
	if store.IsDuplicate(err) {
		return Village{}, store.ErrRetry // the random code was taken
	}
	if err != nil {
		return Village{}, err
	}
	return v, w.join(v, chain)
}

// check brings the input into the form in which it is kept.
func (n NewVillage) check(now time.Time) (Village, error) {
	v := Village{ValidTo: models.Forever}
	var err error
	kind, name := SplitVillageName(n.Name)
	if n.Kind != "" {
		if v.Kind, err = ParseVillageKind(n.Kind); err != nil {
			return v, models.InvalidField("kind", "invalid_village_kind")
		}
		if kind != v.Kind {
			name = models.Clean(n.Name) // what stands in front is part of the name
		}
		kind = v.Kind
	}
	if v.Kind = kind; kind == "" {
		return v, models.InvalidField("kind", "required")
	}
	if v.Name = name; name == "" || len([]rune(name)) > 120 {
		return v, models.InvalidField("name", "invalid_name")
	}
	if v.ValidFrom, err = models.ParseDay(n.ValidFrom); err != nil || v.ValidFrom > models.Day(now) {
		return v, models.InvalidField("valid_from", "invalid_date")
	}
	if n.Code != "" {
		if v.Code, err = NormalizeVillageCode(n.Code); err != nil {
			return v, models.InvalidField("code", "invalid_code")
		}
	}
	return v, nil
}

// chain follows a commune from a day to the one that has its people now. Where
// they were divided nowIn chooses the part.
func (w *villageWriter) chain(commune Area, from, nowIn string) ([]Area, error) {
	if commune.Level != LevelCommune {
		return nil, models.NotFound()
	}
	if from < commune.ValidFrom {
		return nil, models.InvalidField("valid_from", "outside_validity")
	}
	chain := []Area{commune}
	for commune.ValidTo != models.Forever {
		var next []Area
		err := w.tx.Raw(`SELECT a.* FROM area_successions s JOIN areas a ON a.id = s.new_id
			WHERE s.old_id = ? AND s.people = ?`, commune.ID, ExtentWhole).Scan(&next).Error
		if err != nil {
			return nil, err
		}
		if len(next) != 1 && nowIn != "" {
			err = w.tx.Raw(`SELECT a.* FROM area_successions s JOIN areas a ON a.id = s.new_id
				WHERE s.old_id = ? AND s.people <> ? AND a.code = ?`, commune.ID, ExtentNone, NormalizeAreaCode(nowIn)).Scan(&next).Error
			if err != nil {
				return nil, err
			}
		}
		if len(next) != 1 {
			return nil, models.InvalidField("commune_code", "commune_split")
		}
		commune = next[0]
		chain = append(chain, commune)
	}
	return chain, nil
}

// join writes the memberships of a new village along its chain of communes.
func (w *villageWriter) join(v Village, chain []Area) error {
	from := v.ValidFrom
	for _, c := range chain {
		err := w.tx.Exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?, ?, ?, ?, ?)",
			v.ID, from, c.ValidTo, c.ID, "").Error
		if err != nil {
			return err
		}
		from = c.ValidTo
	}
	return nil
}

// free makes sure that no other village of the commune bears the name and
// kind; the transaction holds lockVillages.
func (w *villageWriter) free(communeID models.ID, v Village, except models.ID) error {
	// The zero id is NULL in the database, which no comparison matches.
	taken, err := exists(w.tx, `SELECT 1 FROM villages v JOIN village_communes vc ON vc.village_id = v.id
		WHERE vc.commune_id = ? AND vc.valid_to = ? AND v.name_fold = ? AND v.name = ? AND v.kind = ? AND (? OR v.id <> ?) LIMIT 1`,
		communeID, models.Forever, models.Fold(v.Name), v.Name, v.Kind, except.IsZero(), except)
	if err == nil && taken {
		err = models.Conflict("duplicate_village")
	}
	return err
}

// lockVillages makes those who name villages wait for each other, on every
// database alike: rare work, so one lock for the province will do. It must be
// the first statement of its transaction, because MySQL would otherwise show
// the state before the wait.
func lockVillages(tx *gorm.DB) error {
	return tx.Exec("UPDATE areas SET source = source WHERE parent_id IS NULL").Error
}

// RenameVillage gives a village another name or kind; an empty one stays as it
// is. Errors as for CreateVillage.
func (p *Places) RenameVillage(ctx context.Context, actor models.Actor, code, kind, name string) (v Village, err error) {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return Village{}, err
	}
	w := &villageWriter{now: p.db.Clock().Now(), reach: reach}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		w.tx = tx
		if err := lockVillages(tx); err != nil {
			return err
		}
		if v, err = VillageByCode(tx, code, models.Day(w.now)); err != nil {
			return err
		}
		in, err := AreaInReach(tx, reach, v.CommuneID)
		if err != nil || !in {
			return orNotFound(err)
		}
		v, err = w.rename(v, kind, name)
		return err
	})
	return v, err
}

func orNotFound(err error) error {
	if err == nil {
		return models.NotFound()
	}
	return err
}

func (w *villageWriter) rename(v Village, kind, name string) (Village, error) {
	n := NewVillage{Kind: v.Kind, Name: v.Name, ValidFrom: v.ValidFrom}
	if name != "" {
		n.Kind, n.Name = "", name
		if k, _ := SplitVillageName(name); k == "" {
			n.Kind = v.Kind
		}
	}
	if kind != "" {
		n.Kind = kind
	}
	checked, err := n.check(w.now)
	if err != nil {
		return Village{}, err
	}
	v.Kind, v.Name = checked.Kind, checked.Name
	if err := w.free(v.CommuneID, v, v.ID); err != nil {
		return Village{}, err
	}
	return v, store.One(w.tx.Exec("UPDATE villages SET kind = ?, name = ?, name_fold = ? WHERE id = ? AND valid_to = ?",
		v.Kind, v.Name, models.Fold(v.Name), v.ID, models.Forever), models.Conflict("village_closed"))
}

// Page asks for a part of a list: what follows the cursor of the part before.
type Page struct {
	After string
	Limit int // default 50, at most 200
}

// Villages answers the villages of a commune on a day (today when on is
// empty), by name, and the cursor of the next part, empty at the end. Errors:
// KindInvalid with code "invalid_date" or "invalid_cursor".
func (p *Places) Villages(ctx context.Context, communeID models.ID, on string, page Page) ([]Village, string, error) {
	on, err := p.dayOf(on)
	if err != nil {
		return nil, "", err
	}
	fold, code, err := readCursor(page.After)
	if err != nil {
		return nil, "", err
	}
	limit := limitOf(page.Limit)
	list := []Village{}
	err = p.db.Read(ctx).Raw(villageSelect+`WHERE vc.valid_from <= ? AND vc.valid_to > ? AND vc.commune_id = ?
		AND (v.name_fold > ? OR (v.name_fold = ? AND v.code > ?)) ORDER BY v.name_fold, v.code LIMIT ?`,
		on, on, communeID, fold, fold, code, limit+1).Scan(&list).Error
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], base64.RawURLEncoding.EncodeToString([]byte(models.Fold(last.Name) + "\x00" + last.Code)), nil
}

func readCursor(s string) (fold, code string, err error) {
	if s == "" {
		return "", "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	fold, code, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok {
		return "", "", models.Invalid("invalid_cursor")
	}
	return fold, code, nil
}

// Village reads a village by its code as of today. Errors as VillageByCode.
func (p *Places) Village(ctx context.Context, code string) (Village, error) {
	return VillageByCode(p.db.Read(ctx), code, p.today())
}

// SearchVillages finds villages of today by a part of their name (folded) or
// by code, at most limit (default 50), within a commune or province unless
// within is zero.
func (p *Places) SearchVillages(ctx context.Context, q string, within models.ID, limit int) ([]Village, error) {
	_, bare := SplitVillageName(q)
	where, args := "", []any{p.today(), p.today()}
	if folded := models.Fold(bare); folded != "" {
		where = " AND (v.name_fold LIKE ? ESCAPE '!' OR v.name_fold LIKE ? ESCAPE '!' OR v.code = ?)"
		args = append(args, "%"+escapeLike(folded)+"%", "%"+escapeLike(models.Fold(q))+"%", codeOrNone(q))
	}
	if !within.IsZero() {
		where += " AND (a.id = ? OR a.province_id = ?)"
		args = append(args, within, within)
	}
	list := []Village{}
	err := p.db.Read(ctx).Raw(villageSelect+"WHERE vc.valid_from <= ? AND vc.valid_to > ?"+where+
		" ORDER BY v.name_fold, a.name_fold, v.code LIMIT ?", append(args, limitOf(limit))...).Scan(&list).Error
	return list, err
}

func codeOrNone(q string) string {
	code, err := NormalizeVillageCode(q)
	if err != nil {
		return ""
	}
	return code
}
