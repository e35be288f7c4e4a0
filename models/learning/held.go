package learning

import "nhaso/models/store"

const (
	ofAttempt = "attempt_id IN (SELECT id FROM attempts WHERE person_id = ?)"
	// behindPass are the attempts and runs on which a skill pass rests: their rows
	// stay, empty, under a stub.
	attemptBehindPass = "id IN (SELECT attempt_id FROM skill_passes WHERE person_id = ?)"
	runBehindPass     = "id IN (SELECT scenario_run_id FROM skill_passes WHERE person_id = ? AND scenario_run_id IS NOT NULL)"
	emptyAttempt      = "items = '[]', result = '[]', item_fold = 2"
	emptyRun          = "log = '[]', result = '{}'"
	proofOfNumbers    = "điểm mà kỹ năng đã đạt dựa vào, không còn câu trả lời"
)

// Held lists what this room keeps about a person, children before parents.
func Held() []store.Holding {
	erased := func(table, where, label string) store.Holding {
		return store.Holding{Table: table, Where: where, Label: label, Fate: store.FateErased}
	}
	own := func(table, label string) store.Holding { return erased(table, "person_id = ?", label) }
	return []store.Holding{
		erased("answers", ofAttempt, "Câu trả lời trong bài kiểm tra"),
		erased("late_batches", ofAttempt, "Câu trả lời gửi muộn"),
		erased("regrade_results", ofAttempt, "Kết quả chấm lại"),
		erased("question_alerts", ofAttempt, "Báo lỗi câu hỏi khi đang thi"),
		{Table: "attempts", Where: "person_id = ? AND " + attemptBehindPass, Label: "Bài kiểm tra đã đạt", Hide: []string{"item_fold"},
			Fate: store.FateBlanked, Blank: emptyAttempt, Why: proofOfNumbers},
		{Table: "attempts", Where: "person_id = ? AND NOT " + attemptBehindPass, Label: "Bài kiểm tra khác", Hide: []string{"item_fold"}, Fate: store.FateErased},
		{Table: "scenario_runs", Where: "person_id = ? AND " + runBehindPass, Label: "Tình huống đã qua", Hide: []string{"log_digest"},
			Fate: store.FateBlanked, Blank: emptyRun, Why: proofOfNumbers},
		{Table: "scenario_runs", Where: "person_id = ? AND NOT " + runBehindPass, Label: "Tình huống khác", Hide: []string{"log_digest"}, Fate: store.FateErased},
		own("practice_answers", "Câu trả lời khi luyện tập"),
		own("lesson_progress", "Bài học đã xem"),
		own("learning_guards", "Dấu kỹ thuật của tiến độ"),
		own("drill_runs", "Trò lừa trong tuần"),
		own("placements", "Bài xếp chỗ"),
		own("question_reports", "Báo lỗi câu hỏi"),
		own("assignment_pupils", "Bài được giao riêng"),
		own("group_members", "Nhóm trong lớp"),
		own("accommodations", "Hỗ trợ khi làm bài"),
		own("session_participants", "Phiên học đã vào"),
		own("session_decisions", "Quyết định của giám thị"),
		{Table: "session_incidents", Where: "person_id = ?", Label: "Lý do chưa xong", Fate: store.FateKept, Why: "số đếm theo trường, không có tên"},
		{Table: "calendar_feeds", Where: "account_id IN (SELECT id FROM accounts WHERE person_id = ?)", Label: "Lịch đăng ký theo dõi", Hide: []string{"token_hash"}, Fate: store.FateErased},
	}
}
