package seeds

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/place"
)

// pastDays is how far back the demo's history goes where the school year, which
// begins in August, is as old: a term.
const pastDays = 98

// slowest is how many times later than the first village of a commune the last
// one gets its turn: what makes one lead and another lag behind.
const slowest = 5

// classSize is how many pupils sit in a full class of a pilot's school.
const classSize = 38

// mostPupils is how many pupils a pilot's school has at most: sixteen classes. On
// a register as large as the real one the shares stay below those wanted.
const mostPupils = 16 * classSize

// pilot is a commune of the demo with a school that began a term ago.
type pilot struct {
	commune, school string
	grade           int // of its first class
	share           int // of a hundred households: with somebody skilled by now
}

// pilots spread over the province and over the classes of the map. The schools
// are made up, as their names say.
var pilots = []pilot{
	{"07192", "Trường THCS Sóng Xanh (minh họa)", 8, 62},
	{"06970", "Trường THCS Trà Hoa Vàng (minh họa)", 7, 47},
	{"06838", "Trường THCS Cây Sở (minh họa)", 8, 38},
	{"06994", "Trường THPT Cát Trắng (minh họa)", 10, 31},
	{"06685", "Trường THPT Núi Bài Thơ (minh họa)", 11, 16},
	{"06712", "Trường THCS Trà Cổ (minh họa)", 7, 26},
	{"06811", "Trường THCS Rừng Trúc (minh họa)", 9, 19},
	{"07132", "Trường THCS Bạch Đằng Giang (minh họa)", 7, 12},
	{"06793", "Trường THCS Mỏ Than (minh họa)", 8, 8},
	{"07093", "Trường THCS Gốm Mạo (minh họa)", 7, 4},
}

// past is the house as it was on days gone by: every room of it asks one clock,
// which is set from event to event. What it writes, the rooms write.
type past struct {
	*House
	g          generator
	at         time.Time // what its clock says
	start, end time.Time
	hash       string
	oracle     map[string]map[string]Answer
	events     []pastEvent
	kept       int // households of the demo commune that its own two classes will come from
}

type pastEvent struct {
	at  time.Time
	run func(context.Context) error
}

// goBack opens the house of some days ago, at eight in the morning.
func (d *demo) goBack(days int) *past {
	now := d.DB.Clock().Now()
	morning := now.In(models.VietNam()).AddDate(0, 0, -days)
	p := &past{g: newGenerator(20260824), end: now, kept: 2 * d.size.Pupils}
	p.start = time.Date(morning.Year(), morning.Month(), morning.Day(), 8, 0, 0, 0, models.VietNam())
	p.at = p.start
	p.House = Build(d.DB.At(func() time.Time { return p.at }), Wiring{})
	p.Catalog = d.Catalog
	p.oracle = Oracle(d.Catalog)
	return p
}

// daysBack is how long the history of a demo made on this day is: a term, less
// where the school year is younger, never less than the register's age.
func daysBack(now time.Time) int {
	days := pastDays
	for days > registerAge && place.SchoolYear(models.Day(now.AddDate(0, 0, -days))) != place.SchoolYear(models.Day(now)) {
		days--
	}
	return days
}

// day answers the moment at a share of the history, moved off the weekend.
func (p *past) day(share float64) time.Time {
	at := p.start.Add(time.Duration(share * float64(p.end.Sub(p.start)))).In(models.VietNam())
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, -1)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 8, p.g.IntN(50), 0, 0, models.VietNam())
}

func (p *past) on(at time.Time, run func(context.Context) error) {
	p.events = append(p.events, pastEvent{at, run})
}

// term lets the pilots' schools teach for a term: pupils named and linked first,
// then lesson by lesson, quiz by quiz, on the days on which they happen.
func (d *demo) term(ctx context.Context) error {
	p := d.past
	if p == nil {
		return nil
	}
	var err error
	if p.hash, err = d.hasher.Hash(ctx, DemoPassword); err != nil {
		return err
	}
	for i, one := range pilots {
		if err := p.begin(ctx, i, one); err != nil {
			return fmt.Errorf("%s: %w", one.school, err)
		}
	}
	p.on(p.day(0.35), func(ctx context.Context) error {
		if _, err := p.Coverage.Fold(ctx); err != nil {
			return err
		}
		_, err := p.Coverage.BeginPublishing(ctx, p.System)
		return err
	})
	for share := 0.1; share < 0.97; share += 0.07 { // a week
		p.on(p.day(share), p.night)
	}
	slices.SortStableFunc(p.events, func(a, b pastEvent) int { return a.at.Compare(b.at) })
	for _, e := range p.events {
		p.at = e.at
		if err := e.run(ctx); err != nil {
			return fmt.Errorf("on %s: %w", models.Day(e.at), err)
		}
	}
	return p.targets(ctx)
}

// night does what a server does every night.
func (p *past) night(ctx context.Context) error {
	if _, err := p.Coverage.Fold(ctx); err != nil {
		return err
	}
	if _, err := p.Coverage.SealDays(ctx); err != nil {
		return err
	}
	_, err := p.Quality.Run(ctx, p.System)
	return err
}

// begin makes a pilot's school, its classes and teacher, and puts what
// will happen there into the calendar.
func (p *past) begin(ctx context.Context, n int, one pilot) error {
	homes, err := p.homes(ctx, one.commune)
	if err != nil {
		return err
	}
	level, lowest, grades := "thcs", 6, 4
	if one.grade > 9 {
		level, lowest, grades = "thpt", 10, 3
	}
	school, err := p.Places.CreateSchool(ctx, p.System, place.NewSchool{
		Code: fmt.Sprintf("22MINHHOA%02d", n+1), Name: one.school, Type: level, CommuneCode: one.commune,
	})
	if err != nil {
		return err
	}
	s := &pastSchool{past: p, level: level, laptop: models.NewID(p.at)}
	pupils := min(max(12, len(homes)*one.share/pastYield), mostPupils)
	for k := 0; pupils > 0; k++ {
		size, grade := min(pupils, classSize), lowest+(one.grade-lowest+k)%grades
		class, list, err := p.NewClass(ctx, p.g, school, grade, fmt.Sprintf("%d%c", grade, 'A'+k/grades%26), size)
		if err != nil {
			return err
		}
		s.classes = append(s.classes, pastClass{class, list})
		pupils -= size
	}
	if err := s.staff(ctx, n); err != nil {
		return err
	}
	s.plan(homes)
	return nil
}

// homes are the codes of a commune's households in the order in which its
// pupils come from them: some villages early, some late.
func (p *past) homes(ctx context.Context, commune string) ([]string, error) {
	area, err := p.Places.AreaByCode(ctx, commune, "")
	if err != nil {
		return nil, err
	}
	var rows []struct{ Code, Village string }
	err = p.DB.Read(ctx).Raw(`SELECT h.code, v.code AS village FROM households h JOIN villages v ON v.id = h.village_id
		JOIN village_communes vc ON vc.village_id = h.village_id
		WHERE vc.commune_id = ? AND vc.valid_to = ? ORDER BY h.external_ref`, area.ID, models.Forever).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if commune == demoCommune {
		rows = rows[min(p.kept, len(rows)):]
	}
	pace := map[string]int{}
	type home struct {
		code string
		turn int
	}
	list := make([]home, len(rows))
	for i, r := range rows {
		if _, ok := pace[r.Village]; !ok {
			pace[r.Village] = 1 + p.g.IntN(slowest)
		}
		list[i] = home{r.Code, pace[r.Village] * p.g.IntN(1000)}
	}
	slices.SortStableFunc(list, func(a, b home) int { return cmp.Compare(a.turn, b.turn) })
	codes := make([]string, len(list))
	for i, h := range list {
		codes[i] = h.code
	}
	return codes, nil
}

// targets says what the province and the pilots want to reach.
func (p *past) targets(ctx context.Context) error {
	set := func(code, on string, share int) error {
		area, err := p.Places.AreaByCode(ctx, code, "")
		if err != nil {
			return err
		}
		_, err = p.Coverage.SetTarget(ctx, p.System, coverage.Area{ID: area.ID, Level: area.Level}, coverage.NewTarget{ID: models.NewID(p.at), OnDate: on, Share: share, Source: "Kế hoạch minh họa của bản dùng thử"})
		return err
	}
	day := func(months int) string { return models.Day(p.end.AddDate(0, months, 0)) }
	if err := set("22", day(7), 6000); err != nil {
		return err
	}
	return set(pilots[0].commune, day(2), 8000)
}
