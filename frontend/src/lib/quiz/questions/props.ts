import type { Feedback, QuestionView, Response } from '../../api/types.ts';

/** What every kind of question is given. */
export interface KindProps {
	question: QuestionView;
	response: Response | null;
	onrespond: (response: Response) => void;
	/** Feedback by the key of the part it speaks about. */
	by: Map<string | null, Feedback>;
	locked: boolean;
	name: string;
}
