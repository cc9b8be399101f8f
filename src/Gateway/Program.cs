Console.WriteLine("portcullis operator");
